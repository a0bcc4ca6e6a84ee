import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { memoryAdmissionLog } from "../../src/admission/adapters/memory-admission-log.ts";
import type { AdmissionPolicy } from "../../src/admission/admission.ts";
import { minuteLogs } from "../../src/admission/admit.ts";
import type { AdmissionLog } from "../../src/admission/ports.ts";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { type TransformRecordsCapabilities, transformRecords } from "../../src/transform/transform-records.ts";
import { envelope, eventOf, eventTime, message, queueEntryText, receivedAt } from "../support/builders.ts";
import { keptTelemetry, stillClock } from "../support/capabilities.ts";

const policy: AdmissionPolicy = {
  enabled: true,
  minPriority: 3,
  maxEventsPerQueuePerSecond: 2,
  unknownQueue: "admit",
  excess: "drop",
};

const mapOf = (priorities: Readonly<Record<string, number>>): PriorityMap => ({
  version: "v",
  checkedAt: receivedAt - 5_000,
  leftOut: [],
  queues: new Map(Object.entries(priorities).map(([id, priority]) => [id, { id, name: id, priority, rule: 1 }])),
});

const scene = (map: PriorityMap | undefined, log: AdmissionLog = memoryAdmissionLog()) => {
  const kept = keptTelemetry();
  const capabilities: TransformRecordsCapabilities = {
    ...stillClock(),
    ...kept.telemetry,
    ...log,
    readPriorityMap: TE.right(map),
    minuteLogs: minuteLogs(),
  };
  return { ...kept, capabilities };
};

const record = (recordId: string, text: string) => ({
  recordId,
  data: Buffer.from(text).toString("base64"),
  approximateArrivalTimestamp: receivedAt,
});

const line = (recordId: string, text: string) => record(recordId, deliveredLine(eventOf(message(text))));

const entries = (count: number, queueId = "q-1") =>
  Array.from({ length: count }, (_, index) => line(`r-${index}`, queueEntryText(`c-${index}`, queueId)));

const resultsOf = async (
  records: ReadonlyArray<ReturnType<typeof record>>,
  { capabilities }: ReturnType<typeof scene>,
  given: Partial<AdmissionPolicy> = {},
) => {
  const answers = await transformRecords({ shards: 4, admission: { ...policy, ...given } })(records)(capabilities)();
  if (answers._tag === "Left") throw new Error(answers.left.reason);
  return answers.right.map((answer) => [
    answer.recordId,
    answer.result,
    answer.result === "Ok" ? answer.metadata.partitionKeys.type : "",
  ]);
};

describe("transformRecords", () => {
  it("answers every record once, in order, its data untouched, with the partition it belongs to", async () => {
    const { capabilities, counted } = scene(mapOf({ "q-1": 3 }));
    const ours = line("r-1", queueEntryText("c-1"));
    const foreign = record("r-2", queueEntryText("c-2"));
    const unreadable = record("r-3", "not JSON");
    const answers = await transformRecords({ shards: 4, admission: policy })([ours, foreign, unreadable])(
      capabilities,
    )();
    const partitionKeys = { root: "type", type: "acd.start", dt: "2026-01-05", shard: "1" };
    expect(answers).toStrictEqual({
      _tag: "Right",
      right: [
        { recordId: "r-1", result: "Ok", data: ours.data, metadata: { partitionKeys } },
        { recordId: "r-2", result: "Ok", data: foreign.data, metadata: { partitionKeys } },
        { recordId: "r-3", result: "ProcessingFailed", data: unreadable.data },
      ],
    });
    expect(counted).toStrictEqual([
      { records: 3, unreadable: 1, logReads: 1, logAppends: 1, admitted: 2, setAsidePercent: 0, mapAgeSeconds: 5 },
    ]);
  });

  it("drops entries of queues below the minimum priority, and only queue entries", async () => {
    const records = [
      line("r-1", queueEntryText("c-1", "q-low")),
      line("r-2", envelope("acd.end", { eventTime, queueId: "q-low" })),
    ];
    expect(await resultsOf(records, scene(mapOf({ "q-low": 2 })))).toStrictEqual([
      ["r-1", "Dropped", ""],
      ["r-2", "Ok", "acd.end"],
    ]);
  });

  it("admits as many entries per queue and second as are allowed, in their order, and drops the others", async () => {
    const results = await resultsOf(entries(4), scene(mapOf({ "q-1": 3 })));
    expect(results.map(([, result]) => result)).toStrictEqual(["Ok", "Ok", "Dropped", "Dropped"]);
  });

  it("stores apart what it sets aside, each line with its reason, and counts their share", async () => {
    const { capabilities, counted } = scene(mapOf({ "q-1": 3, "q-low": 2 }));
    const records = [...entries(3), line("r-low", queueEntryText("c-low", "q-low"))];
    const answers = await transformRecords({ shards: 4, admission: { ...policy, excess: "store" } })(records)(
      capabilities,
    )();
    const stored = E.isRight(answers) ? answers.right : [];
    const roots = stored.map((each) => (each.result === "Ok" ? each.metadata.partitionKeys.root : each.result));
    expect(roots).toStrictEqual(["type", "type", "excess", "excess"]);
    const members = stored.map(({ data }) => JSON.parse(Buffer.from(data, "base64").toString("utf8")).floodgate);
    expect(members.map(({ type, excess }) => [type, excess])).toStrictEqual([
      ["acd.start", undefined],
      ["acd.start", undefined],
      ["acd.start-excess", "rateLimited"],
      ["acd.start-excess", "lowPriority"],
    ]);
    expect(stored.slice(0, 2).map(({ data }) => data)).toStrictEqual(records.slice(0, 2).map(({ data }) => data));
    expect(counted).toMatchObject([{ admitted: 2, rateLimited: 1, lowPriority: 1, setAsidePercent: 50 }]);
  });

  it("decides the same, and marks nothing twice, when a line that was set aside comes back from errors/", async () => {
    const world = scene(mapOf({ "q-1": 3 }));
    const admission = { ...policy, excess: "store" } as const;
    const run = transformRecords({ shards: 4, admission });
    const first = await run(entries(3))(world.capabilities)();
    const set = E.isRight(first) ? first.right.slice(2) : [];
    const again = await run(
      set.map(({ recordId, data }) => ({ recordId, data, approximateArrivalTimestamp: receivedAt })),
    )(world.capabilities)();
    expect(again).toStrictEqual(E.right(set));
    expect(set).toHaveLength(1);
  });

  it("admits and counts a queue that the map does not know, or drops it when the stack wants the strict reading", async () => {
    const admitting = scene(mapOf({}));
    expect(await resultsOf(entries(1), admitting)).toStrictEqual([["r-0", "Ok", "acd.start"]]);
    expect(admitting.counted[0]).toMatchObject({ unknownQueue: 1 });
    expect(await resultsOf(entries(1), scene(mapOf({})), { unknownQueue: "drop" })).toStrictEqual([
      ["r-0", "Dropped", ""],
    ]);
  });

  it("admits and counts when there is no map at all, and still limits", async () => {
    const without = scene(undefined);
    const results = await resultsOf(entries(3), without, { unknownQueue: "drop" });
    expect(results.map(([, result]) => result)).toStrictEqual(["Ok", "Ok", "Dropped"]);
    expect(without.counted[0]).toMatchObject({ mapUnavailable: 3 });
  });

  it("never limits an entry without a queue, and counts it", async () => {
    const body = { eventTime };
    const records = [1, 2, 3].map((index) =>
      line(`r-${index}`, envelope("acd.start", { ...body, conversationId: `c-${index}` })),
    );
    const without = scene(mapOf({}));
    expect((await resultsOf(records, without)).map(([, result]) => result)).toStrictEqual(["Ok", "Ok", "Ok"]);
    expect(without.counted[0]).toMatchObject({ noQueue: 3 });
  });

  it("admits everything and touches no log when admission is off", async () => {
    const unused = () => {
      throw new Error("not to be used");
    };
    const results = await resultsOf(entries(9), scene(mapOf({}), { readLog: unused, appendToLog: unused }), {
      enabled: false,
    });
    expect(results.filter(([, result]) => result === "Ok")).toHaveLength(9);
  });

  it("fails as a whole when the log stays out of reach, so that nothing is admitted twice", async () => {
    const gone = TE.left({ _tag: "AdmissionLogUnavailable", reason: "gone" } as const);
    let now = receivedAt;
    const { capabilities } = scene(mapOf({}), { readLog: () => gone, appendToLog: () => gone });
    const answers = await transformRecords({ shards: 4, admission: policy })(entries(1))({
      ...capabilities,
      now: () => now,
      sleep: (milliseconds) => async () => {
        now += milliseconds;
      },
    })();
    expect(answers).toStrictEqual({ _tag: "Left", left: { _tag: "AdmissionLogUnavailable", reason: "gone" } });
    expect(now - receivedAt).toBeGreaterThanOrEqual(200_000);
  });

  it("gives each entry its own admission, whatever records stand between them", async () => {
    const records = [
      line("r-1", queueEntryText("c-1", "q-low")),
      line("r-2", envelope("acd.end", { eventTime, queueId: "q-1" })),
      line("r-3", queueEntryText("c-3", "q-1")),
      record("r-4", "not JSON"),
      line("r-5", queueEntryText("c-5", "q-low")),
    ];
    const world = scene(mapOf({ "q-1": 3, "q-low": 2 }));
    expect((await resultsOf(records, world)).map(([, result]) => result)).toStrictEqual([
      "Dropped",
      "Ok",
      "Ok",
      "ProcessingFailed",
      "Dropped",
    ]);
    expect(world.counted).toMatchObject([
      { records: 5, unreadable: 1, lowPriority: 2, admitted: 1, setAsidePercent: 67 },
    ]);
    expect(world.counted[0]).not.toHaveProperty("noQueue");
  });

  it("brings an entry again whose minute is about to be forgotten, rather than decide about it", async () => {
    const closing: AdmissionLog = {
      readLog: () => TE.right([{ n: 1, expiresAt: receivedAt + 1_000, entries: [] }]),
      appendToLog: () => TE.right(true),
    };
    const world = scene(mapOf({ "q-1": 3 }), closing);
    const records = entries(1);
    const answers = await transformRecords({ shards: 4, admission: policy })(records)(world.capabilities)();
    expect(answers).toStrictEqual(E.right([{ recordId: "r-0", result: "ProcessingFailed", data: records[0]?.data }]));
    expect(world.counted).toMatchObject([{ closing: 1, setAsidePercent: 0 }]);
  });

  it("says that the map cannot be read, and says nothing of admission where nobody asked for any", async () => {
    const world = scene(undefined);
    const away = {
      ...world.capabilities,
      readPriorityMap: TE.left({ _tag: "PriorityMapUnavailable", reason: "away" } as const),
    };
    await transformRecords({ shards: 4, admission: policy })(entries(1))(away)();
    const others = [line("r-1", envelope("acd.end", { eventTime }))];
    await transformRecords({ shards: 4, admission: policy })(others)({
      ...away,
      readPriorityMap: TE.fromTask(() => expect.fail("no entry, no map")),
    })();
    expect([world.logged, world.counted]).toStrictEqual([
      [
        {
          message: "the priority map cannot be read; entries are admitted whatever their priority",
          fields: { reason: "away" },
        },
      ],
      [{ records: 1, mapUnavailable: 1, logReads: 1, logAppends: 1, admitted: 1, setAsidePercent: 0 }, { records: 1 }],
    ]);
  });

  it("counts an age of the map that is not negative", async () => {
    const world = scene({ ...mapOf({ "q-1": 3 }), checkedAt: receivedAt + 5_000 });
    await resultsOf(entries(1), world);
    expect(world.counted).toMatchObject([{ mapAgeSeconds: 0 }]);
  });

  it("takes back a mark that is no longer right, where nothing is admitted or set aside any more", async () => {
    const world = scene(mapOf({ "q-1": 3 }));
    const stored = await transformRecords({ shards: 4, admission: { ...policy, excess: "store" } })(entries(3))(
      world.capabilities,
    )();
    const [marked] = E.isRight(stored) ? stored.right.slice(2) : [];
    const again = { recordId: "r", data: marked?.data ?? "", approximateArrivalTimestamp: receivedAt };
    const off = await transformRecords({ shards: 4, admission: { ...policy, enabled: false } })([again])(
      world.capabilities,
    )();
    const data = E.isRight(off) ? (off.right[0]?.data ?? "") : "";
    expect(JSON.parse(Buffer.from(data, "base64").toString("utf8")).floodgate).toMatchObject({ type: "acd.start" });
    expect(Buffer.from(data, "base64").toString("utf8")).not.toContain("excess");
  });
});
