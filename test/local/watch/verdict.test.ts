import { describe, expect, it } from "vitest";
import type { Frame } from "../../../local/watch/frame.ts";
import { groupOf, outcomeMarkup } from "../../../local/watch/page/outcome.ts";
import { verdictOf } from "../../../local/watch/page/verdict.ts";
import { clock, escapeText, lasts, plural, rate } from "../../../local/watch/page/words.ts";

const at = Date.UTC(2026, 0, 5, 9, 15);

const calm: Frame = {
  at,
  ledger: {
    received: 1_000,
    delivered: 990,
    setAside: { lowPriority: 5, rateLimited: 0, dropped: 0 },
    duplicates: 3,
    parked: {},
    inFlight: { buffer: 2, inHand: 0, firehose: 0, retrying: 0 },
    missing: 0,
  },
  perSecond: { received: 12, read: 12, handed: 12, delivered: 11.8, aside: 0, duplicates: 0, parked: 0, kept: 0 },
  buffer: { waiting: 2, oldestAt: at - 1_500 },
  processing: { running: 1, ceiling: 5, isReading: true },
  genesys: { minute: 3, allowed: 300, rateLimited: 0 },
  map: { queues: 200, checkedAt: at - 60_000 },
  breakers: [],
  chunks: [],
  chunksInAll: 0,
  outages: [],
  outageLog: [],
  points: [],
  queues: [],
  events: [],
  guide: { step: -1, reachedAt: [] },
  pace: null,
  malformedPercent: 2,
};

const breaker = (name: string, reason: string) => ({ name, openedAt: at - 80_000, reason, by: "anna" });
const outage = (name: string) => ({ name, describes: name, effect: "", isOn: true });
const manyWait: Partial<Frame> = { buffer: { waiting: 5_000, oldestAt: at - 60_000 } };
const malformed = (count: number): Partial<Frame> => ({
  ledger: { ...calm.ledger, parked: { malformed: count } },
});

describe("the page's verdict", () => {
  it.each<[Partial<Frame>, string, string, string]>([
    [
      {},
      "good",
      "All 1,000 events accounted for",
      "12/s come in, 12/s reach S3; the oldest in the buffer has waited 2 s.",
    ],
    [
      { ledger: { ...calm.ledger, received: 0 } },
      "good",
      "Waiting for the first event",
      "Start the guided outage, or send a campaign.",
    ],
    [
      { ledger: { ...calm.ledger, missing: 1 }, breakers: [breaker("operator", "a test")] },
      "bad",
      "1 event cannot be accounted for",
      "npx floodgate run names each of them.",
    ],
    [
      { ...manyWait, breakers: [breaker("operator", "a test")], outages: [outage("firehose-down")] },
      "warn",
      "Paused: 5,000 events wait in the buffer, nothing is lost",
      "By anna since 09:13:40: a test. npx floodgate resume lets them flow.",
    ],
    [
      { ...manyWait, outages: [outage("firehose-down")] },
      "bad",
      "Firehose refuses: 5,000 events wait in the buffer, nothing is lost",
      "process-batch tries again for 20 seconds before the breaker opens.",
    ],
    [
      { ...manyWait, outages: [outage("firehose-down")], breakers: [breaker("sink", "503")] },
      "bad",
      "Firehose refuses: 5,000 events wait in the buffer, nothing is lost",
      "The breaker has been open for 1 min 20 s; one chunk is tried once a minute.",
    ],
    [
      { ...manyWait, outages: [outage("dynamodb-down")] },
      "bad",
      "DynamoDB does not answer: 5,000 events wait in the buffer, nothing is lost",
      "Reading goes on when the table can be read.",
    ],
    [
      { ...manyWait, breakers: [breaker("sink", "firehoseUnavailable")] },
      "warn",
      "Reading is paused: 5,000 events wait in the buffer, nothing is lost",
      "firehoseUnavailable. One chunk is tried once a minute; the flow resumes by itself.",
    ],
    [
      { ...manyWait, processing: { running: 0, ceiling: 5, isReading: false } },
      "warn",
      "Reading is paused: 5,000 events wait in the buffer, nothing is lost",
      "It is switched on again within a minute.",
    ],
    [
      { ...manyWait, perSecond: { ...calm.perSecond, read: 112 } },
      "warn",
      "The buffer drains: 5,000 events to go, nothing is lost",
      "About 1 min 00 s at this pace.",
    ],
    [
      manyWait,
      "warn",
      "The buffer drains: 5,000 events to go, nothing is lost",
      "More come in as fast as they are read.",
    ],
    [
      { breakers: [breaker("genesys", "503")] },
      "warn",
      "Genesys does not answer: 0 events wait for a name, all others pass",
      "One container asks every 30 seconds; the rest leave Genesys alone.",
    ],
    [
      malformed(21),
      "warn",
      "2.1 % of all events are malformed, and parked with their text",
      "More than the 2 % that are taken for normal. npx floodgate failed list",
    ],
    [
      malformed(20),
      "good",
      "All 1,000 events accounted for",
      "12/s come in, 12/s reach S3; the oldest in the buffer has waited 2 s.",
    ],
  ])("of %j is %s", (given, tone, text, more) => {
    const verdict = verdictOf({ ...calm, ...given });
    expect([verdict.tone, verdict.text, verdict.more]).toStrictEqual([tone, text, more]);
  });
});

describe("the page's words", () => {
  it("are times, lengths, rates and plurals", () => {
    expect([
      clock(at),
      lasts(0),
      lasts(59_400),
      lasts(60_000),
      lasts(3_725_000),
      rate(0),
      rate(2.44),
      rate(1234.5),
      plural(1, "event"),
      plural(2_000, "event"),
    ]).toStrictEqual([
      "09:15:00",
      "0 s",
      "59 s",
      "1 min 00 s",
      "1 h 2 min",
      "0/s",
      "2.4/s",
      "1,235/s",
      "1 event",
      "2,000 events",
    ]);
  });

  it("escape whatever others have written", () => {
    expect(escapeText(`<img src=x onerror='a("&")'>`)).toBe("&lt;img src=x onerror=&#39;a(&quot;&amp;&quot;)&#39;&gt;");
    expect(outcomeMarkup("parked: <b>")).toContain("parked: &lt;b&gt;");
  });

  it("group outcomes by what stands before the colon", () => {
    expect(
      [
        "delivered",
        "set aside: low priority",
        "duplicate",
        "parked: x",
        "in Firehose",
        "waits in the buffer",
        "constructor",
      ].map(groupOf),
    ).toStrictEqual(["delivered", "set aside", "duplicate", "parked", "in flight", "in flight", "in flight"]);
  });
});
