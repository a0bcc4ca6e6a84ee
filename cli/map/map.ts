import { comparableName } from "../../src/priorities/comparable-name.ts";
import type { MappedQueue } from "../../src/priorities/priority-map.ts";
import type { PriorityRule } from "../../src/priorities/priority-rule.ts";
import { type Command, type ExitCode, exitCode, readOptions, UsageError } from "../command.ts";
import { readStackOutputs, stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { complain, duration, number, plain, say, table } from "../terminal.ts";
import { namesOfLeftOut } from "./left-out.ts";
import { refresh } from "./map-refresh.ts";
import { mapReader } from "./read-map.ts";
import { sameNames } from "./same-names.ts";

const ownName = ({ id, name }: MappedQueue): string => `${plain(name)} (${plain(id)})`;

const show = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, stackOptions);
  const map = await mapReader(await readStackOutputs(options)).map();
  const queues = [...(map?.queues.values() ?? [])].toSorted(
    (a, b) => b.priority - a.priority || a.name.localeCompare(b.name),
  );
  const leftOut = map?.leftOut ?? [];
  if (options.json) {
    say(JSON.stringify({ version: map?.version ?? null, checkedAt: map?.checkedAt ?? null, queues, leftOut }));
  } else if (map === undefined) say("No map was ever published: npx floodgate map refresh");
  else {
    say(
      table([
        ["queue", "id", "priority", "rule"],
        ...queues.map(({ name, id, priority, rule }) => [name, id, `${priority}`, rule === 0 ? "none" : `${rule}`]),
      ]),
    );
    if (leftOut.length > 0) {
      say(`\n  left out, not as Genesys documents queues: ${namesOfLeftOut(leftOut)}`);
      say("  They have no priority: the stack's admission.unknownQueue decides.");
    }
    for (const group of sameNames(queues)) {
      say(`\n  ${number(group.length)} queues have the same name to every rule: ${group.map(ownName).join(", ")}`);
    }
    say(`\n  version ${map.version}, confirmed ${duration(Date.now() - map.checkedAt)} ago`);
  }
  return map === undefined ? exitCode.failed : exitCode.done;
};

/** The two names as the rule has compared them. */
const comparisonOf = ({ name }: MappedQueue, rule: PriorityRule | undefined) => ({
  name: comparableName(name, rule?.ignoreCase),
  rule: rule?.name === undefined ? null : comparableName(rule.name, rule.ignoreCase),
});

const explain = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const [wanted, ...rest] = args;
  if (wanted === undefined || wanted.startsWith("--"))
    throw new UsageError("name a queue: floodgate map explain <id or name>");
  const options = readOptions(rest, stackOptions);
  const outputs = await readStackOutputs(options);
  const map = await mapReader(outputs).map();
  const queues = [...(map?.queues.values() ?? [])];
  const named = queues.filter(({ name }) => comparableName(name) === comparableName(wanted));
  const queue = queues.find(({ id }) => id === wanted) ?? named[0];
  const others = named.filter((each) => each !== queue);
  if (queue === undefined) {
    complain(`The published map knows no queue ${plain(wanted)}; npx floodgate map show lists them.`);
    return exitCode.failed;
  }
  const rule = outputs.priorityRules?.[queue.rule - 1];
  const because =
    queue.rule === 0 ? "no rule matches it" : `rule ${queue.rule} matches: ${JSON.stringify(rule ?? "unknown")}`;
  const compared = comparisonOf(queue, rule);
  if (options.json) say(JSON.stringify({ ...queue, because: rule ?? null, compared, sameName: others }));
  else {
    say(`${ownName(queue)} has priority ${queue.priority}, because ${because}`);
    say(
      `  its name is compared as "${plain(compared.name)}"${compared.rule === null ? "" : `, the rule's as "${plain(compared.rule)}"`}`,
    );
    if (others.length > 0) say(`  the same name, too: ${others.map(ownName).join(", ")}`);
  }
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
