import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient, StartSyncExecutionCommand, type StartSyncExecutionCommandOutput } from "@aws-sdk/client-sfn";
import * as E from "fp-ts/lib/Either.js";
import { dynamodbPriorityMaps } from "../src/adapters/dynamodb-priority-maps.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import type { MappedQueue, PriorityMap } from "../src/domain/priority-map.ts";
import { type Command, type ExitCode, exitCode, readOptions, UsageError } from "./command.ts";
import { clientSettings, readStackOutputs, type StackOutputs, stackHelp, stackOptions } from "./stack-outputs.ts";
import { complain, duration, number, paint, say, table } from "./terminal.ts";

const readMap = async (outputs: StackOutputs): Promise<PriorityMap | undefined> => {
  const client = new DynamoDBClient(clientSettings(outputs));
  const map = await dynamodbPriorityMaps(client, outputs.queuePrioritiesTable, systemClock).readPriorityMap();
  if (E.isRight(map)) return map.right;
  throw new Error(`the table ${outputs.queuePrioritiesTable} cannot be read: ${map.left.reason}`);
};

interface Change {
  readonly queue: MappedQueue;
  readonly was: MappedQueue | undefined;
  readonly isGone: boolean;
}

const changesBetween = (before: PriorityMap | undefined, after: PriorityMap | undefined): ReadonlyArray<Change> => {
  const old = before?.queues ?? new Map<string, MappedQueue>();
  const now = after?.queues ?? new Map<string, MappedQueue>();
  const changed = [...now.values()]
    .filter((queue) => old.get(queue.id)?.priority !== queue.priority)
    .map((queue) => ({ queue, was: old.get(queue.id), isGone: false }));
  const gone = [...old.values()].filter(({ id }) => !now.has(id)).map((queue) => ({ queue, was: queue, isGone: true }));
  return [...changed, ...gone];
};

const describeChange = ({ queue, was, isGone }: Change): ReadonlyArray<string> => {
  if (isGone) return [queue.name, queue.id, "removed"];
  return [
    queue.name,
    queue.id,
    was === undefined ? `added, priority ${queue.priority}` : `priority ${was.priority} -> ${queue.priority}`,
  ];
};

const mostShown = 20;

const startRefresh = async (outputs: StackOutputs, force: boolean): Promise<StartSyncExecutionCommandOutput> => {
  if (outputs.refreshMachineArn === "") {
    throw new Error("the stack has no Genesys organisation: set floodgate:genesys, see docs/connect-genesys.md");
  }
  const client = new SFNClient({ ...clientSettings(outputs), requestHandler: { requestTimeout: 300_000 } });
  return client.send(
    new StartSyncExecutionCommand({
      stateMachineArn: outputs.refreshMachineArn,
      input: JSON.stringify(force ? { force: true } : {}),
    }),
  );
};

const refresh = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, force: { type: "boolean", default: false } });
  const outputs = await readStackOutputs(options);
  const before = await readMap(outputs);
  const began = Date.now();
  const execution = await startRefresh(outputs, options.force);
  const isDone = execution.status === "SUCCEEDED";
  const after = isDone ? await readMap(outputs) : before;
  const changes = changesBetween(before, after);
  if (options.json) {
    const { status, error, cause } = execution;
    say(
      JSON.stringify({
        status,
        error,
        cause,
        version: after?.version,
        queues: after?.queues.size ?? 0,
        changed: changes.length,
      }),
    );
  } else if (isDone) {
    say(
      `${paint("green", "Refreshed")} in ${duration(Date.now() - began)}: ${number(after?.queues.size ?? 0)} queues, ${number(changes.length)} changed`,
    );
    say(table(changes.slice(0, mostShown).map(describeChange)));
    if (changes.length > mostShown) say(`  ... and ${number(changes.length - mostShown)} more`);
  } else {
    complain(`The refresh ended in ${execution.error ?? execution.status}: ${execution.cause ?? ""}`);
    complain("The published map is as it was. Logs: list-queues and refresh-queue-priorities.");
  }
  return isDone ? exitCode.done : exitCode.failed;
};

const show = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, stackOptions);
  const map = await readMap(await readStackOutputs(options));
  const queues = [...(map?.queues.values() ?? [])].toSorted(
    (a, b) => b.priority - a.priority || a.name.localeCompare(b.name),
  );
  if (options.json) say(JSON.stringify({ version: map?.version ?? null, checkedAt: map?.checkedAt ?? null, queues }));
  else if (map === undefined) say("No map was ever published: npx floodgate map refresh");
  else {
    say(
      table([
        ["queue", "id", "priority", "rule"],
        ...queues.map(({ name, id, priority, rule }) => [name, id, `${priority}`, rule === 0 ? "none" : `${rule}`]),
      ]),
    );
    say(`\n  version ${map.version}, confirmed ${duration(Date.now() - map.checkedAt)} ago`);
  }
  return map === undefined ? exitCode.failed : exitCode.done;
};

const explain = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const [wanted, ...rest] = args;
  if (wanted === undefined || wanted.startsWith("--"))
    throw new UsageError("name a queue: floodgate map explain <id or name>");
  const options = readOptions(rest, stackOptions);
  const outputs = await readStackOutputs(options);
  const map = await readMap(outputs);
  const queue = [...(map?.queues.values() ?? [])].find(
    ({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase(),
  );
  if (queue === undefined) {
    complain(`The published map knows no queue ${wanted}; npx floodgate map show lists them.`);
    return exitCode.failed;
  }
  const rule = outputs.priorityRules?.[queue.rule - 1];
  const because =
    queue.rule === 0 ? "no rule is for it" : `rule ${queue.rule} is for it: ${JSON.stringify(rule ?? "unknown")}`;
  if (options.json) say(JSON.stringify({ ...queue, because: rule ?? null }));
  else say(`${queue.name} (${queue.id}) has priority ${queue.priority}, because ${because}`);
  return exitCode.done;
};

const subcommands: Readonly<Record<string, (args: ReadonlyArray<string>) => Promise<ExitCode>>> = {
  refresh,
  show,
  explain,
};

export const command: Command = {
  summary: "refresh, show or explain the queue priority map",
  help: `
Usage: npx floodgate map refresh [--force] (--stack NAME | --outputs FILE) [--json]
       npx floodgate map show (--stack NAME | --outputs FILE) [--json]
       npx floodgate map explain <queue id or name> (--stack NAME | --outputs FILE) [--json]

${stackHelp}
  --force           publish also a map without queues, or with less than half of them
  --json            one JSON object

Example: npx floodgate map refresh --outputs out/outputs.json
`,
  run: ([name = "", ...args]) => {
    const subcommand = subcommands[name];
    if (subcommand === undefined) throw new UsageError("map takes refresh, show or explain; see --help");
    return subcommand(args);
  },
};
