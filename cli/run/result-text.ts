import { dirname, relative } from "node:path";
import type { RunResult } from "../../local/run.ts";
import type { Input } from "../input/events.ts";
import { inputProblems } from "../input/input-problems.ts";
import { duration, number, paint, table } from "../terminal.ts";

/** Differences and problems that are named one by one. */
export const mostNamed = 20;

export const refusal = "over 1 MB, which no bus takes, so never received";

const outcomes = ({ ledger, refused }: RunResult): string =>
  table([
    ["received", number(ledger.received), "messages the buffer took"],
    ["delivered", number(ledger.delivered), "in S3, under type="],
    ["set aside, low priority", number(ledger.setAside.lowPriority), "in S3, under excess="],
    ["set aside, rate limited", number(ledger.setAside.rateLimited), ""],
    ...(ledger.dropped.lowPriority + ledger.dropped.rateLimited === 0
      ? []
      : [
          ["dropped, low priority", number(ledger.dropped.lowPriority), "counted and gone: admission.excess is drop"],
          ["dropped, rate limited", number(ledger.dropped.rateLimited), ""],
        ]),
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
    ["unmatched", number(ledger.unmatched), "the rule did not match, so they never entered"],
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

/** Where the run lies, for commands that look there by themselves only in `out`. */
const outOption = ({ bucketFolder }: RunResult): string => {
  const out = relative(".", dirname(dirname(bucketFolder)));
  return out === "out" ? "" : ` --out ${out}`;
};

export const parkedAsMalformed = "and went into the buffer unchanged, to be parked as malformed";

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

interface Told {
  /** Which Genesys it was. */
  readonly genesys: string;
  readonly isVerbose: boolean;
}

const longestSample = 480;

/** A line as it lies in S3; for people its beginning, which has all that Floodgate added. */
const sample = ({ sampleLine }: RunResult, isVerbose: boolean): ReadonlyArray<string> => {
  if (sampleLine === undefined) return [];
  const isCut = !isVerbose && sampleLine.length > longestSample;
  const shown = isCut ? `${sampleLine.slice(0, longestSample)}... (--verbose: all of it)` : sampleLine;
  return ["", paint("bold", "A delivered line"), `  ${shown}`];
};

const notSimulated = ({ notSimulated: types }: RunResult): string =>
  `  not simulated: ${types.map((type) => type.slice(type.lastIndexOf(":") + 1)).join(", ")}`;

/** What became of a run, for a terminal. */
export const resultText = (result: RunResult, input: Input, { genesys, isVerbose }: Told): string =>
  [
    paint("bold", "What became of every event"),
    outcomes(result),
    "",
    functions(result),
    "",
    machines(result),
    "",
    `  Genesys (${genesys}): ${genesysUse(result)}`,
    `  ${duration(result.simulatedMilliseconds)} of simulated time in ${duration(result.realMilliseconds)}`,
    `  files: ${relative(".", result.bucketFolder)}/`,
    ...(isVerbose ? [notSimulated(result)] : []),
    ...(input.ignored.length === 0 ? [] : [`  ignored, without an event: ${input.ignored.join(", ")}`]),
    ...inputProblems(input, parkedAsMalformed).map((line) => paint("yellow", `  ${line}`)),
    ...sample(result, isVerbose),
    "",
    verdict(result),
    "",
    paint("bold", "Next"),
    ...firstObject(result),
    `  npx floodgate query --example waiting_and_service_level${outOption(result)}   # how long each queue let wait, in SQL`,
    "  npx floodgate plan                                        # what this deploys",
    "  npx floodgate run --events PATH --json                    # your own events",
  ].join("\n");
