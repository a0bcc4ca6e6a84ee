import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answered, recount } from "../../bench/recount.ts";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { memoryAdmissionLog } from "../../src/admission/adapters/memory-admission-log.ts";
import type { AdmissionPolicy, Entry } from "../../src/admission/admission.ts";
import { logKeptFor } from "../../src/admission/admission-log.ts";
import { admit, minuteLogs } from "../../src/admission/admit.ts";
import type { AdmissionLog } from "../../src/admission/ports.ts";
import { eventKeyOf } from "../../src/event/event-key.ts";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { day } from "../../src/time/instant.ts";
import { localTables } from "../support/cloud/dynalite-table.ts";
import { many } from "../support/setup/many.ts";

const start = Date.UTC(2026, 0, 5, 9);
const policy: AdmissionPolicy = {
  enabled: true,
  minPriority: 3,
  maxEventsPerQueuePerSecond: 3,
  unknownQueue: "admit",
  excess: "drop",
};

const entryOf = (id: number): Entry => ({
  key: eventKeyOf({ _tag: "Envelope", id: `event ${id}` }),
  queueId: `queue-${id % 3}`,
  // Twelve seconds around a full minute, so that batches span two logs.
  eventTime: start + 54_000 + (id % 12) * 1000 + (id % 7),
});

/** One invocation: which events it brings, what befalls it, and how far its clock is off. */
interface Step {
  readonly ids: ReadonlyArray<number>;
  readonly crash: "none" | "after the append" | "answer lost";
  readonly skewSeconds: number;
  readonly isNewContainer: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  ids: fc.array(fc.nat(120), { minLength: 1, maxLength: 30 }),
  crash: fc.constantFrom("none", "none", "none", "after the append", "answer lost"),
  skewSeconds: fc.integer({ min: -90, max: 90 }),
  isNewContainer: fc.boolean(),
});

/** A log whose next append happens although nobody hears of it. */
const losingAnswers = (log: AdmissionLog, isLost: () => boolean): AdmissionLog => ({
  readLog: log.readLog,
  appendToLog: (minute, item) => async () => {
    const result = await log.appendToLog(minute, item)();
    return isLost() ? E.left({ _tag: "AdmissionLogUnavailable", reason: "answer lost" }) : result;
  },
});

/** Runs invocations that overlap: each awaits at every call, and all of a group are under way together. */
const play = async (
  log: AdmissionLog,
  groups: ReadonlyArray<ReadonlyArray<Step>>,
  map: (round: number) => { readonly map: PriorityMap | undefined; readonly policy: AdmissionPolicy },
): Promise<ReadonlyArray<Answered>> => {
  const answers: Answered[] = [];
  const containers = [minuteLogs(), minuteLogs(), minuteLogs(), minuteLogs()];
  for (const [round, group] of groups.entries()) {
    await Promise.all(
      group.map(async ({ ids, crash, skewSeconds, isNewContainer }, index) => {
        let isLost = crash === "answer lost";
        const entries = ids.map(entryOf);
        const decided = await admit(entries, { ...map(round), use: { reads: 0, appends: 0, conflicts: 0 } })({
          ...losingAnswers(log, () => {
            const was = isLost;
            isLost = false;
            return was;
          }),
          now: () => start + skewSeconds * 1000,
          random: () => 0.5,
          sleep: () => () => new Promise((resolve) => setImmediate(resolve)),
          minuteLogs: isNewContainer ? minuteLogs() : (containers[index % containers.length] ?? minuteLogs()),
        })();
        if (E.isLeft(decided)) throw new Error(decided.left.reason);
        if (crash === "after the append") return;
        entries.forEach((entry, at) => {
          answers.push({ ...entry, isAdmitted: decided.right[at] === "admitted" });
        });
      }),
    );
  }
  // Whatever crashed is brought again by Firehose, cut differently: every event that was ever offered, in one batch.
  const all = [...new Set(groups.flat().flatMap(({ ids }) => ids))];
  const last = await admit(all.map(entryOf), { ...map(groups.length), use: { reads: 0, appends: 0, conflicts: 0 } })({
    ...log,
    now: () => start,
    random: () => 0.5,
    sleep: () => TE.right(undefined) as never,
    minuteLogs: minuteLogs(),
  })();
  if (E.isLeft(last)) throw new Error(last.left.reason);
  return [...answers, ...all.map((id, at) => ({ ...entryOf(id), isAdmitted: last.right[at] === "admitted" }))];
};

const exact = { windowsAboveLimit: 0, differenceFromExact: 0, changedAnswers: 0 };
const groupsOfSteps = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
const unchanged = () => ({ map: undefined, policy });

describe("admit", () => {
  let dynamo: Awaited<ReturnType<typeof localTables>>;
  beforeAll(async () => {
    dynamo = await localTables({ minute: "S", n: "N" });
  });
  afterAll(() => dynamo.stop());

  it("admits exactly min(offered, limit) of each queue and second, and never changes an answer, for any interleaving", async () => {
    await fc.assert(
      fc.asyncProperty(groupsOfSteps, async (groups) => {
        const answers = await play(memoryAdmissionLog(), groups, unchanged);
        expect(recount(answers, () => ({ events: 3, perSeconds: 1 }))).toMatchObject(exact);
      }),
      { numRuns: many(300) },
    );
  });

  it("does so on the table, over HTTP", async () => {
    await fc.assert(
      fc.asyncProperty(groupsOfSteps, async (groups) => {
        const log = dynamodbAdmissionLog({ dynamoDb: dynamo.client, table: await dynamo.create() });
        const answers = await play(log, groups, unchanged);
        expect(recount(answers, () => ({ events: 3, perSeconds: 1 }))).toMatchObject(exact);
      }),
      { numRuns: many(15) },
    );
  });

  it("keeps every answer when the map, the limit and the priority change in between", async () => {
    const mapWith = (priority: number): PriorityMap => ({
      version: "v",
      checkedAt: start,
      leftOut: [],
      queues: new Map([0, 1, 2].map((id) => [`queue-${id}`, { id: `queue-${id}`, name: "q", priority, rule: 1 }])),
    });
    await fc.assert(
      fc.asyncProperty(groupsOfSteps, async (groups) => {
        const answers = await play(memoryAdmissionLog(), groups, (round) => ({
          map: mapWith(round % 2 === 0 ? 5 : 1),
          policy: { ...policy, maxEventsPerQueuePerSecond: 1 + (round % 3) },
        }));
        expect(recount(answers, () => ({ events: 3, perSeconds: 1 }))).toMatchObject({
          windowsAboveLimit: 0,
          changedAnswers: 0,
        });
      }),
      { numRuns: many(150) },
    );
  });

  it("holds a queue's own limit per longer window", async () => {
    const own = { id: "queue-0", name: "q", priority: 5, rule: 1, maxEvents: 4, perSeconds: 10 };
    const map: PriorityMap = { version: "v", checkedAt: start, leftOut: [], queues: new Map([["queue-0", own]]) };
    const groups = [
      [{ ids: Array.from({ length: 120 }, (_, id) => id), crash: "none", skewSeconds: 0, isNewContainer: true }],
    ] as const;
    const answers = await play(memoryAdmissionLog(), groups, () => ({ map, policy }));
    const limitOf = (queueId: string) =>
      queueId === "queue-0" ? { events: 4, perSeconds: 10 } : { events: 3, perSeconds: 1 };
    expect(recount(answers, limitOf)).toMatchObject(exact);
  });

  it("is exact with 16 concurrent transformers on the table, half the load on one queue, batches replayed and cut anew", async () => {
    const log = dynamodbAdmissionLog({ dynamoDb: dynamo.client, table: await dynamo.create() });
    const entries = Array.from(
      { length: many(10_000) },
      (_, id): Entry => ({
        key: eventKeyOf({ _tag: "Envelope", id: `model ${id}` }),
        queueId: id % 2 === 0 ? "hot" : `queue-${id % 100}`,
        eventTime: start + Math.floor(id / 167) * 1000 + (id % 997),
      }),
    );
    const cut = (size: number, offset = 0) =>
      Array.from({ length: Math.ceil(entries.length / size) }, (_, index) =>
        entries.slice(index * size + offset, (index + 1) * size + offset),
      );
    const batches = cut(250);
    const queue = [
      ...batches,
      ...batches.filter((_, index) => index % 5 === 0),
      ...cut(250, 100).filter((_, index) => index % 5 === 1),
    ];
    const answers: Answered[] = [];
    const transformer = async (): Promise<void> => {
      const own = minuteLogs();
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        const decided = await admit(batch, { map: undefined, policy, use: { reads: 0, appends: 0, conflicts: 0 } })({
          ...log,
          now: () => start,
          random: Math.random,
          sleep: (milliseconds) => () => new Promise((resolve) => setTimeout(resolve, milliseconds)),
          minuteLogs: own,
        })();
        if (E.isLeft(decided)) throw new Error(decided.left.reason);
        for (const [at, entry] of batch.entries())
          answers.push({ ...entry, isAdmitted: decided.right[at] === "admitted" });
      }
    };
    await Promise.all(Array.from({ length: 16 }, transformer));
    expect(recount(answers, () => ({ events: 3, perSeconds: 1 }))).toMatchObject({
      ...exact,
      distinctEvents: many(10_000),
    });
  });

  describe("with a log that expires", () => {
    const capabilities = (log: AdmissionLog, now: number) => ({
      ...log,
      now: () => now,
      random: () => 0.5,
      sleep: () => () => Promise.resolve(),
      minuteLogs: minuteLogs(),
    });
    const ask = async (log: AdmissionLog, ids: ReadonlyArray<number>, now: number) => {
      const use = { reads: 0, appends: 0, conflicts: 0 };
      const decided = await admit(ids.map(entryOf), { map: undefined, policy, use })(capabilities(log, now))();
      return E.isRight(decided) ? decided.right : decided.left;
    };

    it("still gives the answers that are in it in its last two days, and decides nothing new", async () => {
      const log = memoryAdmissionLog();
      expect(await ask(log, [0], start)).toStrictEqual(["admitted"]);
      expect(await ask(log, [0, 12], start + logKeptFor - 2 * day + 1000)).toStrictEqual(["admitted", "closing"]);
    });

    it("decides for 35 days from the minute's first event on, whatever was appended since", async () => {
      const log = memoryAdmissionLog();
      await ask(log, [0], start);
      await ask(log, [12], start + 20 * day);
      expect(await ask(log, [24], start + 35 * day - 1000)).toStrictEqual(["admitted"]);
      expect(await ask(log, [36], start + 35 * day + 1000)).toStrictEqual(["closing"]);
    });

    it("takes what is left of a log that was partly deleted for closing", async () => {
      const log = memoryAdmissionLog();
      await ask(log, [0], start);
      await ask(log, [12], start);
      const partly: AdmissionLog = {
        ...log,
        readLog: (minute, after) => () => log.readLog(minute, Math.max(after, 1))(),
      };
      expect(await ask(partly, [0, 12], start + logKeptFor + day)).toStrictEqual(["closing", "admitted"]);
    });
  });
});
