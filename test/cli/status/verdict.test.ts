import { describe, expect, it } from "vitest";
import type { Status } from "../../../cli/status/read-status.ts";
import { verdictOf } from "../../../cli/status/verdict.ts";

const now = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;
const day = 24 * 60 * minute;
const none = { events: 0, chunks: 0, byReason: {} };

const good: Status = {
  backlog: { waiting: 3, processing: 1, ageSeconds: 15 * 60 },
  retrying: { ...none, nextAt: null },
  parked: none,
  errors: { objects: 0, records: 0 },
  mapping: { state: "Enabled" },
  breakers: [{ name: "genesys", openedAt: now, reason: "503", by: "floodgate" }],
  map: { queues: 3, checkedAt: now - 7 * day },
  perMinute: {},
  malformedPercent: 2,
  lastArrival: now,
  lastFailures: [],
};

const expected = { hasOrganisation: true, malformedPercent: 2 };

const operator = { name: "operator", openedAt: now - 5 * minute, reason: "a test", by: "anna" } as const;
const sink = { name: "sink", openedAt: now - 5 * minute, reason: "firehoseRefused", by: "process-batch" } as const;

describe("verdictOf", () => {
  it.each<[string, Partial<Status>, RegExp]>([
    ["somebody has paused it", { breakers: [sink, operator] }, /^Paused by anna 5 min 0 s ago: a test\. Ask /],
    [
      "nothing gets through",
      { breakers: [sink] },
      /^Nothing has got through for 5 min 0 s: firehoseRefused\. .* once that is mended\. /,
    ],
    ["its mapping is off", { mapping: { state: "Disabled" } }, /^Reading is switched off \(Disabled\)/],
    ["its mapping is going off", { mapping: { state: "Disabling" } }, /^Reading is switched off \(Disabling\)/],
    [
      "events wait for over a quarter of an hour",
      { backlog: { ...good.backlog, ageSeconds: 15 * 60 + 1 } },
      /^The oldest event has been waiting for more than 15 min\./,
    ],
    ["Firehose has given up on events", { errors: { objects: 2, records: 7 } }, /given up on 7 events/],
    ["nobody has counted them", { errors: { objects: 2, records: null } }, /given up on 2 objects of events/],
    ["events are parked", { parked: { ...none, events: 4 } }, /^4 events are parked\./],
    [
      "more is malformed than is taken for normal",
      { parked: { ...none, events: 4, byReason: { malformed: 4 } }, malformedPercent: 2.1 },
      /^2\.1 % of the last five minutes' events are malformed, above the 2 % of alarms\.malformedPercent\. /,
    ],
    [
      "others are parked than malformed ones",
      { parked: { ...none, events: 5, byReason: { malformed: 4, tooLarge: 1 } } },
      /^1 events are parked\./,
    ],
    ["there is no map", { map: null }, /map is missing or old/],
    ["the map is older than a week", { map: { queues: 3, checkedAt: now - 7 * day - 1 } }, /map is missing or old/],
  ])("is bad, and says what to do, when %s", (_, given, text) => {
    const verdict = verdictOf({ ...good, ...given }, expected, now);
    expect([verdict.isGood, verdict.text]).toStrictEqual([false, expect.stringMatching(text)]);
    expect(verdict.text).toMatch(/-> |by itself/);
  });

  it.each<[string, Partial<Status>, boolean]>([
    ["nothing is wrong", {}, true],
    ["the mapping is about to be on", { mapping: { state: "Enabling" } }, true],
    ["the mapping is being changed", { mapping: { state: "Updating" } }, true],
    ["nothing waits", { backlog: { ...good.backlog, ageSeconds: null } }, true],
    ["it has no organisation, and so no map", { map: null }, false],
  ])("is good when %s", (_, given, hasOrganisation) => {
    expect(verdictOf({ ...good, ...given }, { ...expected, hasOrganisation }, now)).toStrictEqual({
      isGood: true,
      text: "Events flow.",
    });
  });

  it("is good when as much is malformed as is taken for normal, and says how much is parked", () => {
    const malformed = { ...none, events: 4, byReason: { malformed: 4 } };
    for (const malformedPercent of [2, null])
      expect(verdictOf({ ...good, parked: malformed, malformedPercent }, expected, now)).toStrictEqual({
        isGood: true,
        text: "Events flow; 4 malformed ones are parked with their text.",
      });
  });

  it("says first what stops the flow", () => {
    const all = { ...good, errors: { objects: 1, records: 1 }, parked: { ...none, events: 1 }, map: null };
    const texts = [
      { ...all, breakers: [sink, operator], mapping: { state: "Disabled" } },
      { ...all, breakers: [sink], mapping: { state: "Disabled" } },
      { ...all, mapping: { state: "Disabled" } },
      all,
      { ...all, errors: { objects: 0, records: 0 } },
    ].map((status) => verdictOf(status, expected, now).text.split(" ")[0]);
    expect(texts).toStrictEqual(["Paused", "Nothing", "Reading", "Firehose", "1"]);
  });
});
