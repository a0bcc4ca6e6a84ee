import { describe, expect, it } from "vitest";
import type { FoundEvent } from "../../../cli/find/found-event.ts";
import { timelineOf } from "../../../cli/find/timeline.ts";
import { timelineText } from "../../../cli/find/timeline-text.ts";

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 5, 9) + seconds * 1000).toISOString();

const found = (type: string, seconds: number, given: Partial<FoundEvent> = {}): FoundEvent => ({
  key: `${type}-${seconds}`,
  type,
  eventTime: at(seconds),
  conversationId: "c-1",
  participantId: null,
  queueId: null,
  userId: null,
  outcome: "delivered",
  messageId: "m",
  receivedAt: null,
  deliveredAt: null,
  prefix: null,
  decision: null,
  reason: null,
  attempts: null,
  nextAt: null,
  ...given,
});

const customer = { participantId: "p-customer" };
const queue = { participantId: "p-queue", queueId: "q-1" };
const agent = { participantId: "p-agent", queueId: "q-1", userId: "u-1" };

const answered: ReadonlyArray<FoundEvent> = [
  found("customer.start", 0, customer),
  found("acd.start", 10, queue),
  found("user.start", 40, agent),
  found("acd.end", 46, { ...queue, userId: "u-1" }),
  found("user.end", 166, agent),
  found("customer.end", 166, customer),
  found("wrapup", 180, { participantId: "p-agent", queueId: "q-1" }),
  found("acw", 180, agent),
];

const rowsOf = (events: ReadonlyArray<FoundEvent>) =>
  timelineOf(events)?.rows.map(({ part, participantId, userId, from, to, answeredAt, events: own }) => [
    part,
    participantId,
    userId,
    from,
    to,
    answeredAt,
    own.map(({ type }) => type),
  ]);

const second = (seconds: number): number => Date.parse(at(seconds));

describe("timelineOf", () => {
  it("groups a conversation by who took part, in whatever order its events are found", () => {
    const rows = [
      ["customer", "p-customer", null, second(0), second(166), null, ["customer.start", "customer.end"]],
      ["queue", "p-queue", null, second(10), second(46), null, ["acd.start", "acd.end"]],
      ["agent", "p-agent", "u-1", second(40), second(180), second(46), ["user.start", "user.end", "acw", "wrapup"]],
    ];
    expect(rowsOf(answered)).toStrictEqual(rows);
    expect(rowsOf(answered.toReversed())?.map(([part, ...rest]) => [part, ...rest.slice(0, 5)])).toStrictEqual(
      rows.map((row) => row.slice(0, 6)),
    );
  });

  it("counts waiting until the end of each entry, and talking from the answer on", () => {
    const { waitingMilliseconds, talkingMilliseconds, missing, from, to } = timelineOf(answered) ?? {};
    expect([waitingMilliseconds, talkingMilliseconds, missing, from, to]).toStrictEqual([
      36_000,
      120_000,
      [],
      second(0),
      second(180),
    ]);
  });

  it.each<[string, string, ReadonlyArray<string>]>([
    ["an entry's end", "acd.end", ["acd.end of queue q-1, which began with acd.start"]],
    ["an entry's begin", "acd.start", ["acd.start of queue q-1, which ended with acd.end"]],
    ["an agent's end", "user.end", ["user.end of agent u-1, which began with user.start"]],
    ["a customer's end", "customer.end", ["customer.end of participant p-customer, which began with customer.start"]],
    ["what is written up", "wrapup", []],
  ])("names what is missing: %s", (_, type, missing) => {
    expect(timelineOf(answered.filter((event) => event.type !== type))?.missing).toStrictEqual(missing);
  });

  it("misses the second end of two begins", () => {
    const again = [found("user.start", 190, agent), found("user.start", 195, agent), found("user.end", 200, agent)];
    expect(timelineOf([...answered, ...again])?.missing).toStrictEqual([
      "user.end of agent u-1, which began with user.start",
    ]);
  });

  it("misses the customer of a conversation of which only an entry is known", () => {
    expect(timelineOf([found("acd.start", 0, queue)])?.missing).toStrictEqual([
      "customer.start and customer.end",
      "acd.end of queue q-1, which began with acd.start",
    ]);
  });

  it("does not take for answered who rang in vain, and knows no time of what has none", () => {
    const vain = { participantId: "p-vain", queueId: "q-1", userId: "u-2" };
    const events = [...answered, found("user.start", 12, vain), found("user.end", 32, vain)];
    const timeline = timelineOf([...events, found("other", 0, { eventTime: "" })]);
    expect([
      timeline?.talkingMilliseconds,
      timeline?.rows.find(({ userId }) => userId === "u-2")?.answeredAt,
    ]).toStrictEqual([120_000, null]);
    expect(timeline?.undated.map(({ type }) => type)).toStrictEqual(["other"]);
    expect(timelineOf([found("other", 0, { eventTime: "" })])).toBeUndefined();
  });

  it("does not take for answered who rang in vain when another agent answered meanwhile", () => {
    const vain = { participantId: "p-vain", queueId: "q-1", userId: "u-2" };
    const timeline = timelineOf([...answered, found("user.start", 42, vain), found("user.end", 50, vain)]);
    expect([
      timeline?.talkingMilliseconds,
      timeline?.rows.map(({ userId, answeredAt }) => [userId, answeredAt]),
    ]).toStrictEqual([
      120_000,
      [
        [null, null],
        [null, null],
        ["u-1", second(46)],
        ["u-2", null],
      ],
    ]);
  });

  it("keeps apart two agents who answered one after the other, and their talking", () => {
    const [other, next] = [
      { participantId: "p-queue-2", queueId: "q-2" },
      { participantId: "p-agent-2", queueId: "q-2", userId: "u-1" },
    ];
    const events = [
      ...answered,
      found("acd.start", 166, other),
      found("user.start", 176, next),
      found("acd.end", 180, { ...other, userId: "u-1" }),
      found("user.end", 240, next),
    ];
    expect(timelineOf(events)?.rows.map(({ part, answeredAt }) => [part, answeredAt])).toStrictEqual([
      ["customer", null],
      ["queue", null],
      ["agent", second(46)],
      ["queue", null],
      ["agent", second(180)],
    ]);
    expect(timelineOf(events)?.talkingMilliseconds).toBe(180_000);
  });
});

describe("timelineText", () => {
  const text = (events: ReadonlyArray<FoundEvent>): ReadonlyArray<string> => {
    const timeline = timelineOf(events);
    return timeline === undefined ? [] : timelineText("c-1", timeline).split("\n");
  };

  it("draws waiting, ringing and talking on the conversation's time", () => {
    expect(text(answered)).toStrictEqual([
      "Conversation c-1",
      "  2026-01-05 09:00:00 UTC, 3 min 0 s, 8 events: waited 36.0 s, talked 2 min 0 s",
      "",
      "  customer   ──────────────────────────────    2 min 46 s",
      "      delivered  customer.start 09:00:00, customer.end 09:02:46",
      "  queue q-1    ░░░░░░                          waited 36.0 s, answered",
      "      delivered  acd.start 09:00:10, acd.end 09:00:46",
      "  agent u-1         ▒████████████████████████  talked 2 min 0 s, after 6.0 s of ringing",
      "      delivered  user.start 09:00:40, user.end 09:02:46, acw 09:03:00, wrapup 09:03:00",
      "",
      "  Complete: whatever began has an end.",
    ]);
  });

  it("says of each event what became of it, and what is missing; texts of others do nothing to the terminal", () => {
    const lines = text([
      found("acd.start", 0, { ...queue, queueId: "q\u001b[2J", outcome: "setAside", decision: "lowPriority" }),
      found("flow.start", 1, { participantId: "p-flow" }),
      found("user.start", 2, { ...agent, outcome: "parked", reason: "tooLarge" }),
      found("user.start", 3, { participantId: "p-asked", userId: "u-3" }),
      found("user.end", 13, { participantId: "p-asked", userId: "u-3" }),
      found("conversation", 14, { outcome: "retrying", reason: "genesysUnavailable" }),
      found("", 0, { eventTime: "", outcome: "parked", reason: "malformed", messageId: "m-7\u0007" }),
    ]);
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, "  ").trim())).toStrictEqual([
      "Conversation c-1",
      "2026-01-05 09:00:00 UTC, 14.0 s, 6 events: waited 0.0 s, talked 0.0 s",
      "",
      "queue q\\u001b[2J  ░  waits, and nothing says how that ended",
      "set aside (lowPriority)  acd.start 09:00:00",
      "flow  ─",
      "delivered  flow.start 09:00:01",
      "agent u-1  ▒  rings, and nothing says how that ended",
      "parked (tooLarge)  user.start 09:00:02",
      "agent u-3  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  was asked for 10.0 s",
      "delivered  user.start 09:00:03, user.end 09:00:13",
      "other  ·",
      "retrying (genesysUnavailable)  conversation 09:00:14",
      "",
      "Without a time",
      "parked (malformed)  messageId m-7\\u0007",
      "",
      "Missing",
      "customer.start and customer.end",
      "acd.end of queue q\\u001b[2J, which began with acd.start",
      "flow.end of participant p-flow, which began with flow.start",
      "user.end of agent u-1, which began with user.start",
    ]);
  });
});
