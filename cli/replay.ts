import { DescribeReplayCommand, StartReplayCommand } from "@aws-sdk/client-eventbridge";
import { type Command, exitCode, readOptions, UsageError } from "./command.ts";
import { momentOf } from "./moment.ts";
import { openStack, type Stack } from "./stack.ts";
import { stackHelp, stackOptions } from "./stack-outputs.ts";
import { bar, number, progressLine, say } from "./terminal.ts";

const day = 24 * 60 * 60_000;

/** A replay of one day at a time: EventBridge makes one replay slow when it spans many. */
const daysBetween = (from: number, to: number): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: Math.ceil((to - from) / day) }, (_, index) => [
    from + index * day,
    Math.min(to, from + (index + 1) * day),
  ]);

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

  --from T          90m, 1h, 2d ago, or ISO 8601
  --to T            the same; before now
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
    const progress = progressLine();
    const days = daysBetween(from, to);
    const replays: string[] = [];
    for (const each of days) {
      progress.show(`${bar(replays.length / days.length)} ${number(replays.length)} of ${number(days.length)} days`);
      replays.push(await replay(stack, each, options.force));
    }
    progress.clear();
    if (options.json) say(JSON.stringify({ replays }));
    else say(`Replayed ${number(days.length)} days: ${replays.join(", ")}. -> npx floodgate status`);
    return exitCode.done;
  },
};
