import { closeSync, openSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { campaign } from "../../local/campaign/campaign.ts";
import { newestTime } from "../../local/campaign/input-event.ts";
import { OutError } from "../../local/out-folder.ts";
import { type Progress, type RunResult, run } from "../../local/run.ts";
import { type Command, exitCode, readOptions, UsageError, wholeNumber } from "../command.ts";
import type { Input } from "../input/events.ts";
import { inputProblems, readInput } from "../input/input-problems.ts";
import { chooseGenesys } from "../local-genesys.ts";
import { outageHelp, readOutages } from "../outage-option.ts";
import { evaluatePlan } from "../plan/evaluate-plan.ts";
import { bar, complain, duration, number, paint, progressLine, say, table } from "../terminal.ts";
import { reportHtml } from "./report.ts";

const campaignSize = 20_000;
/** A campaign of every run lies on the same day, so that the same seed gives the same keys. */
const campaignStart = Date.UTC(2026, 0, 5, 9);
const mostNamed = 20;

const progress = ({ sent, total, waiting, simulatedMilliseconds }: Progress): string =>
  `${bar(sent / Math.max(1, total))} ${number(sent)} of ${number(total)} sent, ${number(waiting)} on their way, ` +
  `${duration(simulatedMilliseconds)} of the run's time`;

const refusal = "over 1 MB, which no bus takes, so never received";

const outcomes = ({ ledger, refused }: RunResult): string =>
  table([
    ["received", number(ledger.received), "copies that the buffer accepted"],
    ["delivered", number(ledger.delivered), "in S3, under type="],
    ["dropped, low priority", number(ledger.dropped.lowPriority), ""],
    ["dropped, rate limited", number(ledger.dropped.rateLimited), ""],
    ["duplicates", number(ledger.duplicates), "another copy was delivered"],
    ...Object.entries(ledger.parked).map(([reason, count]) => [
      `parked, ${reason}`,
      number(count),
      "kept with its reason",
    ]),
    ...(ledger.alsoParked === 0
      ? []
      : [["handed over, also parked", number(ledger.alsoParked), "an answer got lost in between (docs/failures.md)"]]),
    ["in flight", number(ledger.inFlight), ""],
    ["unmatched", number(ledger.unmatched), "not taken by the rule, so never received"],
    ...(refused === 0 ? [] : [["refused", number(refused), refusal]]),
  ]);

const functions = (result: RunResult): string =>
  table([
    ["function", "invocations", "failed", "throttled", "peak concurrency"],
    ...[...result.functions]
      .filter(([, { invocations }]) => invocations > 0)
      .map(([name, counts]) => [
        name,
        number(counts.invocations),
        number(counts.failures),
        number(counts.throttles),
        number(counts.peakConcurrency),
      ]),
  ]);

const verdict = ({ ledger, differences }: RunResult): string => {
  if (ledger.balanced && ledger.received === 0) {
    return paint("yellow", "Nothing was received, so there is nothing to account for: are these events of Genesys?");
  }
  if (ledger.balanced) return paint("green", "Balanced: every copy that was received is accounted for.");
  const named = differences.slice(0, mostNamed).map((difference) => `  - ${difference}`);
  const more = differences.length > mostNamed ? [`  ... and ${differences.length - mostNamed} more`] : [];
  return [paint("red", `It does not add up: ${differences.length} differences.`), ...named, ...more].join("\n");
};

const firstObject = (result: RunResult): ReadonlyArray<string> =>
  result.ledger.delivered === 0
    ? []
    : [`  find ${relative(".", result.bucketFolder)} -name '*.jsonl.gz' | head -1 | xargs gunzip -c | head -1`];

const parkedAsMalformed = "and went into the buffer unchanged, to be parked as malformed";

/** Whether the input was taken as a whole, and had an event in it: else the ledger, balanced or not, tells nothing of it. */
const isWhole = ({ events, unread }: Input): boolean =>
  unread.length === 0 && events.some(({ problem }) => problem === undefined);

const genesysUse = ({ genesys, simulatedMilliseconds }: RunResult): string => {
  const minutes = Math.max(1, simulatedMilliseconds / 60_000);
  return (
    `${number(genesys.requests)} requests (${(genesys.requests / minutes).toFixed(1)} a minute; ` +
    `at most ${number(genesys.busiestTokenMinute)} of 300 in a token's minute, ${number(genesys.busiestMinute)} of ` +
    `3,000 in the application's), ${number(genesys.rateLimited)} answered 429`
  );
};

const machines = ({ executions }: RunResult): string => {
  const groups = Map.groupBy(executions, ({ machine }) => machine);
  return table([
    ["state machine", "executions", "succeeded", "failed"],
    ...[...groups].map(([name, all]) => [
      name,
      number(all.length),
      number(all.filter(({ status }) => status === "SUCCEEDED").length),
      number(all.filter(({ status }) => status === "FAILED" || status === "TIMED_OUT").length),
    ]),
  ]);
};

const report = (result: RunResult, input: Input, genesys: string): string =>
  [
    paint("bold", "What became of every event"),
    outcomes(result),
    "",
    functions(result),
    "",
    machines(result),
    "",
    `  Genesys (${genesys}): ${genesysUse(result)}`,
    `  ${duration(result.simulatedMilliseconds)} of the run's time in ${duration(result.realMilliseconds)}`,
    `  files: ${relative(".", result.bucketFolder)}/`,
    `  not simulated: ${result.notSimulated.map((type) => type.slice(type.lastIndexOf(":") + 1)).join(", ")}`,
    ...(input.ignored.length === 0 ? [] : [`  ignored, without an event: ${input.ignored.join(", ")}`]),
    ...inputProblems(input, parkedAsMalformed).map((line) => paint("yellow", `  ${line}`)),
    ...(result.sampleLine === undefined ? [] : ["", paint("bold", "A delivered line"), `  ${result.sampleLine}`]),
    "",
    verdict(result),
    "",
    paint("bold", "Next"),
    ...firstObject(result),
    "  npx floodgate plan                       # what this deploys",
    "  npx floodgate run --events PATH --json   # your own events",
  ].join("\n");

/** Before the run, whose result would else be lost with the report. */
const checkReport = (file: string | undefined): void => {
  if (file === undefined) return;
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw new UsageError(`--report ${file}: cannot be written (${error instanceof Error ? error.message : error})`);
  }
};

export const command: Command = {
  summary: "run the program on this machine with a burst of events, and audit it",
  help: `
Usage: npx floodgate run [options]

Evaluates the Pulumi program, starts what it declares in this process, sends events, waits until all are settled,
and counts every one of them. Needs no network and no account. Exit code 1 if it does not add up, or if the file has no
event or cannot be read to its end.

  --events PATH   a file of events, or a directory of them: single events, arrays, a line each, one behind the other,
                  or an export of EventBridge, SQS or CloudWatch Logs; gzipped or not
                  (default: a generated campaign of ${number(campaignSize)} events)
  --rate N        events sent per minute of the run's time (default: 10000)
  --seed N        another campaign and other chances (default: 1)
  --out DIR       where objects are written; emptied first, if a run made it (default: out)
  --genesys URL   a Genesys other than the local one: base URL of /oauth/token and /api/v2/...
                  (or GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and GENESYS_REGION for a real organisation)
  --stack NAME    whose Pulumi.NAME.yaml to boot from (default: dev)
  --config K=V    a configuration value instead of the file's; may be repeated
${outageHelp}
  --report FILE   also write the run as a static HTML page with charts over its time
  --json          the ledger as one JSON object

Examples:
  npx floodgate run
  npx floodgate run --events events.jsonl --json
  npx floodgate run --config 'floodgate:processing={"batchSize":10}'
`,
  run: async (args) => {
    const options = readOptions(args, {
      events: { type: "string" },
      rate: { type: "string" },
      seed: { type: "string" },
      out: { type: "string", default: "out" },
      genesys: { type: "string" },
      stack: { type: "string", default: "dev" },
      config: { type: "string", multiple: true, default: [] },
      outage: { type: "string", multiple: true, default: [] },
      report: { type: "string" },
      json: { type: "boolean", default: false },
    });
    const seed = wholeNumber("seed", options.seed, 1, 0);
    const perMinute = wholeNumber("rate", options.rate, 10_000);
    const generated = { count: campaignSize, seed, perMinute, start: campaignStart };
    const outages = readOutages(options.outage);
    const input =
      options.events === undefined
        ? { events: campaign(generated).map((event) => ({ ...event, place: "generated" })), ignored: [], unread: [] }
        : readInput(options.events);
    checkReport(options.report);
    const chosen = chooseGenesys(options.genesys, options.stack, options.config, process.env);
    const line = progressLine();
    line.show("evaluating the program");
    const result = await run({
      plan: await evaluatePlan(options.stack, [...chosen.configuration, ...options.config]),
      ...(chosen.genesys === undefined ? {} : { genesys: chosen.genesys }),
      events: input.events,
      seed,
      perMinute,
      start: options.events === undefined ? campaignStart : newestTime(input.events, Date.now()),
      out: join(options.out),
      outages,
      isSampled: options.report !== undefined,
      onProgress: (state) => line.show(progress(state)),
    }).catch((error: unknown) => {
      throw error instanceof OutError ? new UsageError(error.message) : error;
    });
    line.clear();
    if (options.report !== undefined) writeFileSync(options.report, reportHtml(result));
    if (options.json) {
      say(JSON.stringify(result.ledger));
      for (const difference of result.differences.slice(0, mostNamed)) complain(difference);
      if (result.refused > 0) complain(`refused: ${result.refused} events ${refusal}`);
      for (const file of input.ignored) complain(`ignored: ${file}`);
      for (const line of inputProblems(input, parkedAsMalformed)) complain(line);
    } else say(report(result, input, chosen.described));
    return result.ledger.balanced && isWhole(input) ? exitCode.done : exitCode.failed;
  },
};
