import { type Command, exitCode, readOptions } from "../command.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { type StackOutputs, stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { duration, number, paint, say, table } from "../terminal.ts";
import { readStatus, type Status } from "./read-status.ts";
import { type Expected, type Verdict, verdictOf } from "./verdict.ts";

const keptSeconds = 14 * 24 * 60 * 60;
const dayMilliseconds = 24 * 60 * 60_000;

/** What waits for days is on its way to being lost: SQS keeps a message for 14. */
const age = (seconds: number | null): string => {
  if (seconds === null) return "";
  const oldest = `oldest ${duration(seconds * 1000)}`;
  return seconds * 1000 < dayMilliseconds
    ? oldest
    : `${oldest}: it expires in ${duration(Math.max(0, keptSeconds - seconds) * 1000)}`;
};

const reasons = (byReason: Readonly<Record<string, number>>): string =>
  Object.entries(byReason)
    .map(([reason, events]) => `${reason} ${number(events)}`)
    .join(", ");

const mapLine = ({ map }: Status, now: number): ReadonlyArray<string> =>
  map === null
    ? ["queue priority map", "-", "none"]
    : ["queue priority map", number(map.queues), `confirmed ${duration(now - map.checkedAt)} ago`];

const breakerLines = ({ breakers }: Status, now: number): ReadonlyArray<ReadonlyArray<string>> =>
  breakers.map(({ name, reason, by, openedAt }) => [
    `breaker ${name}`,
    "open",
    `${reason}, by ${by}, for ${duration(now - openedAt)}`,
  ]);

const show = (status: Status, verdict: Verdict, now: number): string => {
  const { backlog, retrying, parked, perMinute, mapping } = status;
  const next = retrying.nextAt === null ? "" : `; next attempt in ${duration(Math.max(0, retrying.nextAt - now))}`;
  return [
    table([
      ["waiting in the buffer", number(backlog.waiting), age(backlog.ageSeconds)],
      ["being processed", number(backlog.processing), `mapping ${mapping.state}`],
      ["retrying", number(retrying.events), `${reasons(retrying.byReason)}${next}`],
      ["parked", number(parked.events), reasons(parked.byReason)],
      [
        "given up by Firehose",
        number(status.errors.records ?? 0),
        `${number(status.errors.objects)} objects under errors/`,
      ],
      ["delivered a minute", number(perMinute["delivered"] ?? 0), "to Firehose, over the last 5 min"],
      [
        "set aside a minute",
        number((perMinute["lowPriority"] ?? 0) + (perMinute["rateLimited"] ?? 0)),
        `low priority ${number(perMinute["lowPriority"] ?? 0)}, rate limited ${number(perMinute["rateLimited"] ?? 0)}`,
      ],
      ["duplicates a minute", number(perMinute["duplicates"] ?? 0), ""],
      [
        "last arrival",
        status.lastArrival === null ? "-" : `${duration(now - status.lastArrival)} ago`,
        status.lastArrival === null ? "none yet" : "to the minute, of an event that was not there before",
      ],
      mapLine(status, now),
      ...breakerLines(status, now),
      ...status.lastFailures.map(({ reason, at, events }) => [
        "failed",
        number(events),
        `${reason}, ${duration(now - at)} ago`,
      ]),
    ]),
    "",
    `  ${paint(verdict.isGood ? "green" : "red", verdict.text)}`,
    paint("dim", "  AWS counts are approximate; `npx floodgate find` is exact for one conversation."),
  ].join("\n");
};

/** For a stack of a release that does not say. */
const usualMalformedPercent = 2;

const expectedOf = ({ refreshMachineArn, malformedPercent }: StackOutputs): Expected => ({
  hasOrganisation: refreshMachineArn !== "",
  malformedPercent: malformedPercent ?? usualMalformedPercent,
});

const look = async (stack: Stack, json: boolean): Promise<Verdict> => {
  const now = Date.now();
  const status = await readStatus(stack, now);
  const verdict = verdictOf(status, expectedOf(stack.outputs), now);
  if (json) say(JSON.stringify({ ...status, verdict: verdict.text, isGood: verdict.isGood }));
  else say(show(status, verdict, now));
  return verdict;
};

const clearScreen = "\u001B[2J\u001B[H";
const everyMilliseconds = 5_000;

const watch = async (stack: Stack): Promise<never> => {
  for (;;) {
    if (process.stdout.isTTY === true) process.stdout.write(clearScreen);
    await look(stack, false);
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
  }
};

export const command: Command = {
  summary: "show what flows, waits, retries and is parked, with a verdict",
  help: `
Usage: npx floodgate status [--watch] (--stack NAME | --outputs FILE) [--json]

Backlog and its age, retrying and parked events by reason, breakers, the queue priority map, rates of the last five
minutes. Exit code 1 when something stops the flow or waits for somebody.

${stackHelp}
  --watch           again every 5 s until Ctrl-C
  --json            one JSON object

Example: npx floodgate status --outputs out/outputs.json --watch
`,
  run: async (args) => {
    const options = readOptions(args, { ...stackOptions, watch: { type: "boolean", default: false } });
    const stack = await openStack(options);
    if (options.watch && !options.json) return watch(stack);
    return (await look(stack, options.json)).isGood ? exitCode.done : exitCode.failed;
  },
};
