import { DescribeReplayCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { type Command, exitCode, readOptions, UsageError } from "./command.ts";
import { describeInterval, interval, momentForms, momentOf } from "./moment.ts";
import { openStack, type Stack } from "./stack/stack.ts";
import { stackHelp, stackOptions } from "./stack/stack-outputs.ts";
import { bar, complain, counted, duration, number, progressLine, say } from "./terminal.ts";

const day = 24 * 60 * 60_000;

/** A replay of one day at a time: EventBridge makes one replay slow when it spans many. */
const daysBetween = (from: number, to: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: Math.ceil((to - from) / day) }, (_, index) => [
    from + index * day,
    Math.min(to, from + (index + 1) * day),
  ]);

/** EventBridge's user guide asks to leave ten minutes between an event and its replay, as it reaches the archive late. */
const archiveLag = 10 * 60_000;

const minuteOf = (moment: number): string => `${new Date(moment).toISOString().slice(0, 16)}Z`;

const lateWarning = (to: number, now: number): string => {
  const surely = Math.floor((now - archiveLag) / 60_000) * 60_000;
  return (
    `Events since ${minuteOf(surely)} may be missing from this: an archive lags by up to ten minutes.\n` +
    `  -> after ${minuteOf(to + archiveLag + 60_000)}: npx floodgate replay --from ${minuteOf(surely)} --to ${minuteOf(to + 60_000)} ` +
    "(what was delivered is recognised), or use --wait."
  );
};

const untilWhole = async (to: number): Promise<void> => {
  const progress = progressLine();
  for (let left = to + archiveLag - Date.now(); left > 0; left = to + archiveLag - Date.now()) {
    progress.show(`waiting ${duration(left)} until the archive has everything`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, 1000)));
  }
  progress.clear();
};

const lookEvery = 5_000;

const replayName = (from: number, isForced: boolean): string =>
  `floodgate-${isForced ? "force-" : ""}${new Date(from).toISOString().slice(0, 10)}-${Date.now()}`;

const replay = async (
  { events, outputs }: Stack,
  [from, to]: readonly [number, number],
  isForced: boolean,
): Promise<string> => {
  const name = replayName(from, isForced);
  await events.send(
    new StartReplayCommand({
      ReplayName: name,
      EventSourceArn: outputs.archiveArn,
      EventStartTime: new Date(from),
      EventEndTime: new Date(to),
      Destination: { Arn: outputs.busArn, FilterArns: [outputs.ruleArn] },
    }),
  );
  for (;;) {
    const { State, StateReason } = await events.send(new DescribeReplayCommand({ ReplayName: name }));
    if (State === "FAILED" || State === "CANCELLED") {
      throw new Error(`the replay ${name} ended as ${State}: ${StateReason ?? "no reason given"}`);
    }
    if (State === "COMPLETED") return name;
    await new Promise((resolve) => setTimeout(resolve, outputs.endpoint === undefined ? lookEvery : 100));
  }
};

export const command: Command = {
  summary: "replay events of the archive, day by day",
  help: `
Usage: npx floodgate replay --from T --to T [--force] (--stack NAME | --outputs FILE) [--json]

EventBridge sends the archived events of that time to the stack's rule again. What was delivered in the last 35 days is
recognised and comes through as a duplicate, so only what is missing is added; admission decisions of the last 35 days
hold. Waits for each day before it begins the next.

Events reach an archive late: AWS asks to leave ten minutes. A --to that is nearer to now is warned of, or waited for.

  --from T          ${momentForms}
  --to T            the same; not in the future
  --wait            wait until the archive is sure to have everything before --to, and begin then
  --force           deliver also what was delivered before, so that it lies in S3 once more under the same key
${stackHelp}
  --json            {"replays": [...]}

Example: npx floodgate replay --from 2026-01-05T09:00:00Z --to 2026-01-05T10:00:00Z --stack prod
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...stackOptions,
      from: { type: "string" },
      to: { type: "string" },
      force: { type: "boolean", default: false },
      wait: { type: "boolean", default: false },
    });
    const now = Date.now();
    if (options.from === undefined || options.to === undefined) throw new UsageError("name the time: --from T --to T");
    const from = momentOf("from", options.from, now);
    const to = momentOf("to", options.to, now);
    if (from >= to || to > now) throw new UsageError("--from has to be before --to, and --to not in the future");
    const stack = await openStack(options);
    if (stack.outputs.archiveArn === "") {
      throw new Error(
        "the stack has no archive\n  -> set floodgate:archive {retentionDays: 14}; it keeps what comes from then on.",
      );
    }
    const isEarly = to > now - archiveLag;
    if (isEarly && options.wait) await untilWhole(to);
    const progress = progressLine();
    const days = daysBetween(from, to);
    const replays: string[] = [];
    for (const each of days) {
      progress.show(`${bar(replays.length / days.length)} ${number(replays.length)} of ${number(days.length)} days`);
      replays.push(await replay(stack, each, options.force));
    }
    progress.clear();
    const isWhole = !isEarly || options.wait;
    if (options.json) say(JSON.stringify({ ...interval(from, to), replays, isWhole }));
    else {
      say(`Replayed what came ${describeInterval(from, to)}, ${counted(days.length, "day")}: ${replays.join(", ")}`);
      say("  -> npx floodgate status");
    }
    if (!isWhole) complain(lateWarning(to, now));
    return exitCode.done;
  },
};
