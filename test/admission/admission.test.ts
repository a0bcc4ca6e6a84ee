import { describe, expect, it } from "vitest";
import { type AdmissionPolicy, decideAdmission, type Entry } from "../../src/admission/admission.ts";
import {
  type Decision,
  emptyLog,
  extendLog,
  type LogEntry,
  logKeptFor,
  minuteName,
  minuteOf,
  queueBytes,
  secondOf,
  shortKey,
} from "../../src/admission/admission-log.ts";
import { eventKeyOf } from "../../src/event/event-key.ts";
import type { MappedQueue, PriorityMap } from "../../src/priorities/priority-map.ts";
import { day } from "../../src/time/instant.ts";

const start = Date.UTC(2026, 0, 5, 9);
const policy: AdmissionPolicy = {
  enabled: true,
  minPriority: 3,
  maxEventsPerQueuePerSecond: 2,
  unknownQueue: "admit",
  excess: "drop",
};

const entryAt = (second: number, name: string, queueId = "q"): Entry => ({
  key: eventKeyOf({ _tag: "Envelope", id: name }),
  queueId,
  eventTime: start + second * 1000 + 999,
});

const mapOf = (...queues: ReadonlyArray<Omit<MappedQueue, "name" | "rule">>): PriorityMap => ({
  version: "v",
  checkedAt: start,
  leftOut: [],
  queues: new Map(queues.map((queue) => [queue.id, { name: "n", rule: 1, ...queue }])),
});

const decide = (
  seconds: ReadonlyArray<number>,
  { map, given = policy, queueId = "q" }: { map?: PriorityMap; given?: AdmissionPolicy; queueId?: string } = {},
): ReadonlyArray<string> => {
  const entries = seconds.map((second, index) => entryAt(second, `e-${index}`, queueId));
  return [...decideAdmission(emptyLog(), entries, map, given, start).admissions];
};

const logged = (second: number, name: string, decision: Decision, queueId = "q"): LogEntry => ({
  queue: queueBytes(queueId),
  second,
  decision,
  key: shortKey(eventKeyOf({ _tag: "Envelope", id: name })),
});

const logOf = (entries: ReadonlyArray<LogEntry>, expiresAt = start + logKeptFor) =>
  extendLog(emptyLog(), [{ n: 1, expiresAt, entries }]);

const [admitted, lowPriority, rateLimited] = ["admitted", "lowPriority", "rateLimited"];

describe("decideAdmission", () => {
  const unknown = { ...policy, unknownQueue: "drop" } as const;

  it.each<[string, Parameters<typeof decide>[1], string | undefined]>([
    ["without a map", {}, admitted],
    ["without a map, where unknown queues are dropped", { given: unknown }, admitted],
    ["of a queue that the map does not know", { map: mapOf() }, admitted],
    ["of such a queue, where unknown queues are dropped", { map: mapOf(), given: unknown }, lowPriority],
    [
      "of a queue of the lowest priority that is admitted",
      { map: mapOf({ id: "q", priority: 3 }), given: unknown },
      admitted,
    ],
    ["of a queue below it", { map: mapOf({ id: "q", priority: 2 }) }, lowPriority],
  ])("says of an entry %s what its queue is worth", (_, given, decision) => {
    expect(decide([5], given)).toStrictEqual([decision]);
  });

  it.each<[string, ReadonlyArray<number>, Parameters<typeof decide>[1], ReadonlyArray<string | undefined>]>([
    ["the policy's limit, second by second", [5, 5, 5, 6], {}, [admitted, admitted, rateLimited, admitted]],
    ["the queue's own limit", [5, 5], { map: mapOf({ id: "q", priority: 5, maxEvents: 1 }) }, [admitted, rateLimited]],
    [
      "the queue's own window, aligned with the minute",
      [19, 20, 24, 29, 29, 30],
      { map: mapOf({ id: "q", priority: 5, maxEvents: 3, perSeconds: 10 }) },
      [admitted, admitted, admitted, admitted, rateLimited, admitted],
    ],
    [
      "the queue's own window with the policy's limit",
      [0, 1, 2, 9],
      { map: mapOf({ id: "q", priority: 5, perSeconds: 2 }) },
      [admitted, admitted, admitted, admitted],
    ],
    [
      "a window of which the second after is none",
      [4, 3, 2],
      { map: mapOf({ id: "q", priority: 5, maxEvents: 2, perSeconds: 2 }) },
      [admitted, admitted, admitted],
    ],
    [
      "no entry of a queue that may have none",
      [0],
      { map: mapOf({ id: "q", priority: 5, maxEvents: 0 }) },
      [rateLimited],
    ],
  ])("holds %s", (_, seconds, given, decisions) => {
    expect(decide(seconds, given)).toStrictEqual(decisions);
  });

  it("counts each queue by itself", () => {
    const entries = ["a", "b", "a", "b", "a"].map((queueId, index) => entryAt(1, `e-${index}`, queueId));
    expect(decideAdmission(emptyLog(), entries, undefined, policy, start).admissions).toStrictEqual([
      admitted,
      admitted,
      admitted,
      admitted,
      rateLimited,
    ]);
  });

  it("gives what is in the log its answer again, and adds nothing for it", () => {
    const log = logOf([logged(5, "old", "rateLimited"), logged(5, "low", "lowPriority")]);
    const entries = ["low", "old", "old"].map((name) => entryAt(5, name));
    expect(decideAdmission(log, entries, mapOf({ id: "q", priority: 9 }), policy, start)).toStrictEqual({
      admissions: [lowPriority, rateLimited, rateLimited],
      fresh: [],
    });
  });

  it("counts what the log has admitted, and nothing that it has not", () => {
    const log = logOf([logged(5, "x", "admitted"), logged(5, "y", "rateLimited"), logged(5, "z", "lowPriority")]);
    expect(decideAdmission(log, [entryAt(5, "a"), entryAt(5, "b")], undefined, policy, start)).toStrictEqual({
      admissions: [admitted, rateLimited],
      fresh: [logged(5, "a", "admitted"), logged(5, "b", "rateLimited")],
    });
  });

  it("decides once about an event that comes twice in one batch", () => {
    const { admissions, fresh } = decideAdmission(
      emptyLog(),
      ["a", "a", "a"].map((name) => entryAt(5, name)),
      undefined,
      policy,
      start,
    );
    expect([admissions, fresh]).toStrictEqual([[admitted, admitted, admitted], [logged(5, "a", "admitted")]]);
  });

  it("decides nothing new in the last two days of a minute's log, and gives what is in it its answer", () => {
    const expiresAt = start + 10 * day;
    const log = logOf([logged(5, "old", "rateLimited")], expiresAt);
    const at = (now: number) =>
      decideAdmission(log, [entryAt(5, "new"), entryAt(5, "old")], undefined, policy, now).admissions;
    expect([at(expiresAt - 2 * day), at(expiresAt - 2 * day + 1), at(expiresAt + 1)]).toStrictEqual([
      [admitted, rateLimited],
      ["closing", rateLimited],
      ["closing", rateLimited],
    ]);
  });
});

describe("extendLog", () => {
  it("takes the earliest end of its items for its own, and the highest number", () => {
    const items = [
      { n: 3, expiresAt: 500, entries: [logged(1, "a", "admitted"), logged(1, "b", "admitted")] },
      { n: 2, expiresAt: 700, entries: [logged(2, "c", "lowPriority"), logged(59, "d", "admitted")] },
    ];
    const { n, expiresAt, decisions, admitted: counts } = extendLog(emptyLog(), items);
    expect([n, expiresAt, [...decisions.values()]]).toStrictEqual([
      3,
      500,
      ["admitted", "admitted", "lowPriority", "admitted"],
    ]);
    const seconds = counts.get(queueBytes("q")) ?? [];
    expect([seconds[1], seconds[2], seconds[59], counts.size]).toStrictEqual([2, undefined, 1, 1]);
    expect(extendLog(emptyLog(), [])).toStrictEqual(emptyLog());
  });
});

describe("minutes and seconds of event time", () => {
  it.each([
    [start, "2026-01-05T09:00", 0],
    [start + 59_999, "2026-01-05T09:00", 59],
    [start + 60_000, "2026-01-05T09:01", 0],
    [Date.UTC(2000, 11, 31, 23, 59, 7, 1), "2000-12-31T23:59", 7],
  ])("of %i are %s and %i", (eventTime, name, second) => {
    expect([minuteName(minuteOf(eventTime)), secondOf(eventTime)]).toStrictEqual([name, second]);
  });
});
