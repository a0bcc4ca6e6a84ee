import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, exitCode, readOptions, wholeNumber } from "../cli/command.ts";
import { number, paint, say, table } from "../cli/terminal.ts";
import { seededRandom } from "../local/clock.ts";
import { memoryAdmissionLog } from "../src/admission/adapters/memory-admission-log.ts";
import { encodeEntries } from "../src/admission/admission-log.ts";
import { minuteLogs } from "../src/admission/admit.ts";
import type { AdmissionLog } from "../src/admission/ports.ts";
import { type TransformRecordsCapabilities, transformRecords } from "../src/transform/transform-records.ts";
import { type Answered, type Recount, recount } from "./recount.ts";
import { makeTrace, type TraceRecord } from "./trace.ts";

const limit = 5;
const batchSize = 2_000;
const transformers = 8;
const replayedShare = 0.1;
const skewSeconds = 30;

const policy = {
  shards: 4,
  admission: {
    enabled: true,
    minPriority: 0,
    maxEventsPerQueuePerSecond: limit,
    unknownQueue: "admit",
    excess: "store",
  },
} as const;

const silent = { info: () => () => undefined, warn: () => () => undefined, count: () => () => undefined };

interface CountedLog {
  readonly log: AdmissionLog;
  readonly use: { units: number; conflicts: number; appends: number };
}

/** Counts write units, one per started KB and also where the condition fails; each call takes a turn or more. */
const counted = (log: AdmissionLog, random: () => number): CountedLog => {
  const use = { units: 0, conflicts: 0, appends: 0 };
  const pause = async (): Promise<void> => {
    const turns = 1 + Math.floor(random() * 5);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    use,
    log: {
      readLog: (minute, after) => async () => {
        await pause();
        return log.readLog(minute, after)();
      },
      appendToLog: (minute, item) => async () => {
        await pause();
        use.units += Math.ceil((encodeEntries(item.entries).length + 60) / 1024);
        const result = await log.appendToLog(minute, item)();
        if (result._tag === "Right" && result.right) use.appends += 1;
        else use.conflicts += 1;
        return result;
      },
    },
  };
};

const capabilitiesOf = (log: AdmissionLog, now: () => number, random: () => number): TransformRecordsCapabilities => ({
  ...silent,
  ...log,
  now,
  random,
  sleep: () => () => new Promise((resolve) => setImmediate(resolve)),
  readPriorityMap: TE.right(undefined),
  minuteLogs: minuteLogs(),
});

const toStreamRecords = (batch: ReadonlyArray<TraceRecord>, suffix = "") =>
  batch.map(({ recordId, data, eventTime }) => ({
    recordId: `${recordId}${suffix}`,
    data,
    approximateArrivalTimestamp: eventTime,
  }));

const batchesOf = (trace: ReadonlyArray<TraceRecord>): ReadonlyArray<ReadonlyArray<TraceRecord>> =>
  Array.from({ length: Math.ceil(trace.length / batchSize) }, (_, index) =>
    trace.slice(index * batchSize, (index + 1) * batchSize),
  );

const transformBatch = async (
  batch: ReadonlyArray<TraceRecord>,
  suffix: string,
  capabilities: TransformRecordsCapabilities,
): Promise<ReadonlyArray<Answered>> => {
  const answers = await transformRecords(policy)(toStreamRecords(batch, suffix))(capabilities)();
  if (answers._tag === "Left") throw new Error(answers.left.reason);
  return batch.map((record, index) => {
    const answer = answers.right[index];
    return { ...record, isAdmitted: answer?.result === "Ok" && answer.metadata.partitionKeys.root === "type" };
  });
};

/** Concurrent transformers, each with its own memory and clock, take the batches; some of them twice. */
const transformAll = async (trace: ReadonlyArray<TraceRecord>, random: () => number) => {
  const { log, use } = counted(memoryAdmissionLog(), random);
  const queue = batchesOf(trace).flatMap((batch) => (random() < replayedShare ? [batch, batch] : [batch]));
  const answers: Answered[] = [];
  let next = 0;
  const transformer = async (): Promise<void> => {
    const skew = (random() * 2 - 1) * skewSeconds * 1000;
    const capabilities = capabilitiesOf(log, () => Date.now() + skew, random);
    for (let index = next; index < queue.length; index = next) {
      next += 1;
      answers.push(...(await transformBatch(queue[index] ?? [], `-${index}`, capabilities)));
    }
  };
  await Promise.all(Array.from({ length: transformers }, transformer));
  return { answers, use };
};

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** Times work on a clean heap: neither side pays for what the other left behind. */
const secondsFor = async (work: () => Promise<unknown> | unknown): Promise<number> => {
  if (typeof collectGarbage === "function") collectGarbage();
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const floor = (trace: ReadonlyArray<TraceRecord>): number => {
  let parsed = 0;
  for (const { data } of trace) parsed += Object.keys(JSON.parse(Buffer.from(data, "base64").toString("utf8"))).length;
  return parsed;
};

/** How many times as many records as the floor (base64 decode and JSON.parse of the same records) in the same time. */
const throughputOverFloor = async (trace: ReadonlyArray<TraceRecord>, rounds: number): Promise<number> => {
  const ratios: number[] = [];
  const batches = batchesOf(trace).map((batch) => toStreamRecords(batch));
  for (let round = 0; round < rounds; round += 1) {
    const capabilities = capabilitiesOf(memoryAdmissionLog(), () => Date.now(), Math.random);
    const base = await secondsFor(() => floor(trace));
    const own = await secondsFor(async () => {
      for (const batch of batches) await transformRecords(policy)(batch)(capabilities)();
    });
    ratios.push(base / own);
  }
  return median(ratios);
};

interface AdmissionBench extends Recount {
  readonly entries: number;
  readonly writeUnitsPer1000: number;
  readonly conflicts: number;
  readonly throughputOverFloor: number;
}

const budgets = { writeUnitsPer1000: 40, throughputOverFloor: 1.5 };

const isWithinBudget = (bench: AdmissionBench): boolean =>
  bench.windowsAboveLimit === 0 &&
  bench.differenceFromExact === 0 &&
  bench.changedAnswers === 0 &&
  bench.writeUnitsPer1000 <= budgets.writeUnitsPer1000 &&
  bench.throughputOverFloor >= budgets.throughputOverFloor;

const measure = async (seed: number): Promise<AdmissionBench> => {
  const random = seededRandom(seed);
  const trace = makeTrace({
    entries: 100_000,
    perMinute: 10_000,
    queues: 200,
    zipf: 1.1,
    lateShare: 0.2,
    lateSeconds: 90,
    bytes: 1_500,
    random,
    start: Date.UTC(2026, 0, 5, 9),
  });
  const { answers, use } = await transformAll(trace, random);
  return {
    ...recount(answers, () => ({ events: limit, perSeconds: 1 })),
    entries: trace.length,
    writeUnitsPer1000: (use.units * 1000) / trace.length,
    conflicts: use.conflicts,
    throughputOverFloor: await throughputOverFloor(trace.slice(0, 20_000), 7),
  };
};

const report = (bench: AdmissionBench): string =>
  table([
    ["entries, 10 minutes of campaign", number(bench.entries), ""],
    ["windows (queue and second)", number(bench.windows), ""],
    ["windows above the limit", number(bench.windowsAboveLimit), "has to be 0"],
    ["difference from min(offered, limit)", number(bench.differenceFromExact), "has to be 0"],
    ["events answered in two ways", number(bench.changedAnswers), "has to be 0"],
    [
      "write units per 1,000 entries",
      bench.writeUnitsPer1000.toFixed(1),
      `at most ${budgets.writeUnitsPer1000}; one per event would be 1,000`,
    ],
    ["failed conditions", number(bench.conflicts), ""],
    [
      "transform-records over the floor",
      bench.throughputOverFloor.toFixed(2),
      `at least ${budgets.throughputOverFloor}; floor: base64 + JSON.parse`,
    ],
  ]);

export const benchAdmission = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { seed: { type: "string" }, json: { type: "boolean", default: false } });
  const bench = await measure(wholeNumber("seed", options.seed, 1, 0));
  const isGood = isWithinBudget(bench);
  if (options.json) say(JSON.stringify(bench));
  else say(`${report(bench)}\n\n${isGood ? paint("green", "Within its budgets.") : paint("red", "Over a budget.")}`);
  return isGood ? exitCode.done : exitCode.failed;
};
