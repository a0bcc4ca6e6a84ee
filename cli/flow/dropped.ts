import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { type Decision, logKeptFor, minuteName, minuteOf, queueBytes } from "../../src/admission/admission-log.ts";
import { dynamodbPriorityMaps } from "../../src/priorities/adapters/dynamodb-priority-maps.ts";
import { comparableName } from "../../src/priorities/comparable-name.ts";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { type Command, exitCode, readOptions } from "../command.ts";
import { describeInterval, interval, momentForms, momentOf } from "../moment.ts";
import {
  clientSettings,
  readStackOutputs,
  type StackOutputs,
  stackHelp,
  stackOptions,
} from "../stack/stack-outputs.ts";
import { number, progressLine, say, table } from "../terminal.ts";

/** Entries of one queue in one minute of event time. */
interface Minute {
  readonly minute: string;
  readonly queueId: string;
  readonly name: string;
  readonly seen: number;
  readonly admitted: number;
  readonly lowPriority: number;
  readonly rateLimited: number;
}

const queueNames = (
  map: PriorityMap | undefined,
): ReadonlyMap<string, { readonly id: string; readonly name: string }> =>
  new Map([...(map?.queues.values() ?? [])].map((queue) => [queueBytes(queue.id), queue]));

const minutesBetween = (since: number, until: number): ReadonlyArray<string> => {
  const first = minuteOf(since);
  return Array.from({ length: Math.max(0, minuteOf(until) - first + 1) }, (_, index) => minuteName(first + index));
};

const minuteOfQueues = async (
  log: ReturnType<typeof dynamodbAdmissionLog>,
  minute: string,
  names: ReturnType<typeof queueNames>,
): Promise<ReadonlyArray<Minute>> => {
  const items = await log.readLog(minute, 0)();
  if (E.isLeft(items)) throw new Error(`the admission log cannot be read: ${items.left.reason}`);
  const groups = Map.groupBy(
    items.right.flatMap(({ entries }) => entries),
    ({ queue }) => queue,
  );
  return [...groups].map(([bytes, entries]) => {
    const count = (decision: Decision): number => entries.filter((entry) => entry.decision === decision).length;
    const queue = names.get(bytes);
    return {
      minute,
      queueId: queue?.id ?? bytes,
      name: queue?.name ?? "",
      seen: entries.length,
      admitted: count("admitted"),
      lowPriority: count("lowPriority"),
      rateLimited: count("rateLimited"),
    };
  });
};

const wanted =
  (queue: string | undefined) =>
  ({ queueId, name }: Minute): boolean =>
    queue === undefined ||
    queueBytes(queueId) === queueBytes(queue) ||
    queueId === queueBytes(queue) ||
    comparableName(name) === comparableName(queue);

const readDropped = async (outputs: StackOutputs, since: number, until: number): Promise<ReadonlyArray<Minute>> => {
  const client = new DynamoDBClient(clientSettings(outputs));
  const map = await dynamodbPriorityMaps(
    { dynamoDb: client, table: outputs.queuePrioritiesTable },
    systemClock,
  ).readPriorityMap();
  const names = queueNames(E.isRight(map) ? map.right : undefined);
  const log = dynamodbAdmissionLog({ dynamoDb: client, table: outputs.admissionLogTable });
  const minutes = minutesBetween(since, until);
  const line = progressLine();
  const rows: Minute[] = [];
  for (const [index, minute] of minutes.entries()) {
    line.show(`${index} of ${minutes.length} minutes read`);
    rows.push(...(await minuteOfQueues(log, minute, names)));
  }
  line.clear();
  return rows;
};

const report = (rows: ReadonlyArray<Minute>): string =>
  table([
    ["minute (event time)", "queue", "seen", "admitted", "low priority", "rate limited"],
    ...rows.map(({ minute, name, queueId, seen, admitted, lowPriority, rateLimited }) => [
      minute,
      name === "" ? queueId : name,
      number(seen),
      number(admitted),
      number(lowPriority),
      number(rateLimited),
    ]),
  ]);

export const command: Command = {
  summary: "count what admission set aside, per queue and minute",
  help: `
Usage: npx floodgate dropped [--queue ID|NAME] [--since T] [--until T] (--stack NAME | --outputs FILE) [--json]

Counted from the log of decisions, so that volume reports stay right although the entries are not among those that were
admitted. They lie under excess=, or are gone where admission.excess is drop. The log goes back ${logKeptFor / 86_400_000} days at most.

  --queue Q         one queue, by id or name (default: all)
  --since T         ${momentForms}, of event time (default: 1h)
  --until T         likewise (default: now)
${stackHelp}

Example: npx floodgate dropped --queue "VIP 8" --since 2h --outputs out/outputs.json
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...stackOptions,
      queue: { type: "string" },
      since: { type: "string", default: "1h" },
      until: { type: "string" },
    });
    const now = Date.now();
    const since = momentOf("since", options.since, now);
    const until = options.until === undefined ? now : momentOf("until", options.until, now);
    const outputs = await readStackOutputs(options);
    const rows = (await readDropped(outputs, since, until)).filter(wanted(options.queue));
    if (options.json) say(JSON.stringify({ ...interval(since, until), minutes: rows }));
    else {
      say(`Queue entries of event time ${describeInterval(since, until)}`);
      say(rows.length === 0 ? "No queue entries were decided in that time." : report(rows));
    }
    return exitCode.done;
  },
};
