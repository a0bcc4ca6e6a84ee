import { describe, expect, it } from "vitest";
import type { FoundEvent } from "../../../cli/find/found-event.ts";
import { copySender } from "../../../cli/verify/copy-sender.ts";
import { type Evidence, judge } from "../../../cli/verify/judge.ts";
import type { StoredLine } from "../../../cli/verify/read-lines.ts";
import { excessOfBurst, type Ground, type TestEvent, testEvents } from "../../../cli/verify/test-events.ts";
import type { EventKey } from "../../../src/event/event-key.ts";

const ground: Ground = {
  run: "r1",
  now: Date.UTC(2026, 0, 5, 9),
  topics: [],
  hasBus: true,
  source: "s",
  admission: { enabled: true, limit: 5 },
  lowQueue: "low",
};

const found = (key: string, given: Partial<FoundEvent> = {}): FoundEvent => ({
  key,
  type: "customer.start",
  eventTime: "2026-01-05T09:00:00.000Z",
  conversationId: null,
  participantId: null,
  queueId: null,
  userId: null,
  outcome: "delivered",
  messageId: "m",
  receivedAt: null,
  deliveredAt: "2026-01-05T09:00:01.000Z",
  prefix: null,
  decision: null,
  reason: null,
  attempts: null,
  nextAt: null,
  ...given,
});

const line = ({ key, detail, scene }: TestEvent, excess?: string): StoredLine => ({
  object: scene === "late" ? "type=x/dt=2026-01-05/shard=late/o" : "type=x/dt=2026-01-05/shard=0/o",
  member: { v: 1, key, messageId: "m", ...(excess === undefined ? {} : { excess }) } as StoredLine["member"],
  detail: JSON.parse(detail),
});

/** What lies there when everything is as it should be. */
const rightLines = (sent: ReadonlyArray<TestEvent>): ReadonlyArray<StoredLine> => {
  let burst = 0;
  return sent.map((event) => {
    if (event.scene === "low priority") return line(event, "lowPriority");
    if (event.scene !== "burst above the limit") return line(event);
    burst += 1;
    return line(event, burst > ground.admission.limit ? "rateLimited" : undefined);
  });
};

const events = testEvents(ground);
const evidence = (lines: ReadonlyArray<StoredLine>, more: Partial<Evidence> = {}): Evidence => ({
  found: [],
  lines,
  isMalformedParked: true,
  ...more,
});
const wrongIn = (of: Evidence, excess = "store"): ReadonlyArray<readonly [string, string]> =>
  judge(events, of, excess, ground)
    .filter(({ isRight }) => !isRight)
    .map(({ scene, found: was }) => [scene, was]);
const first = (scene: string): TestEvent => {
  const event = events.find((each) => each.scene === scene);
  if (event === undefined) throw new Error(scene);
  return event;
};

describe("the judge of verify", () => {
  it("finds nothing wrong where every event lies where it belongs", () => {
    expect(events.length).toBeGreaterThanOrEqual(99);
    expect(wrongIn(evidence(rightLines(events)))).toStrictEqual([]);
  });

  it.each<[string, (lines: ReadonlyArray<StoredLine>) => Evidence, ReadonlyArray<readonly [string, string]>]>([
    [
      "is nowhere",
      (lines) => evidence(lines.filter(({ member }) => member.key !== first("copy").key)),
      [["copy", "1 nowhere"]],
    ],
    [
      "waits in a failed chunk",
      (lines) =>
        evidence(
          lines.filter(({ member }) => member.key !== first("copy").key),
          {
            found: [found(first("copy").key, { outcome: "retrying", deliveredAt: null })],
          },
        ),
      [["copy", "1 retrying"]],
    ],
    [
      "is on its way through Firehose",
      (lines) =>
        evidence(
          lines.filter(({ member }) => member.key !== first("copy").key),
          { found: [found(first("copy").key)] },
        ),
      [["copy", "1 handed to Firehose, not in S3 yet"]],
    ],
    ["lies there twice", (lines) => evidence([...lines, line(first("copy"))]), [["copy", "1 in S3 2 times"]]],
    [
      "has another text",
      (lines) =>
        evidence(lines.map((each) => (each.member.key === first("copy").key ? { ...each, detail: {} } : each))),
      [["copy", "1 in S3 with another text"]],
    ],
    [
      "is late and lies under a date",
      (lines) =>
        evidence(
          lines.map((each) =>
            each.member.key === first("late").key ? { ...each, object: "type=x/dt=2026-01-05/shard=0/o" } : each,
          ),
        ),
      [["late", "1 delivered as if it were not late"]],
    ],
    [
      "is below the priority and admitted",
      (lines) =>
        evidence(lines.map((each) => (each.member.excess === "lowPriority" ? line(first("low priority")) : each))),
      [["low priority", "1 delivered"]],
    ],
    [
      "is admitted beyond the limit",
      (lines) => {
        const over = lines.find(({ member }) => member.excess === "rateLimited");
        const event = events.find(({ key }) => key === over?.member.key) ?? first("copy");
        return evidence(lines.map((each) => (each === over ? line(event) : each)));
      },
      [["burst above the limit", `6 delivered, ${excessOfBurst - 1} set aside (rateLimited)`]],
    ],
    [
      "is malformed and nowhere",
      (lines) => evidence(lines, { isMalformedParked: false }),
      [["malformed", "1 nowhere"]],
    ],
  ])("says so of an event that %s", (_, change, wrong) => {
    expect(wrongIn(change(rightLines(events)))).toStrictEqual(wrong);
  });

  it("expects nothing in S3 of what a stack drops", () => {
    const kept = rightLines(events).filter(({ member }) => member.excess === undefined);
    const dropped = events
      .filter(({ key }) => !kept.some(({ member }) => member.key === key))
      .map(({ key }) => found(key, { outcome: "dropped", deliveredAt: null }));
    expect(wrongIn(evidence(kept, { found: dropped }), "drop")).toStrictEqual([]);
    expect(wrongIn(evidence(rightLines(events)), "drop").map(([scene]) => scene)).toStrictEqual([
      "low priority",
      "burst above the limit",
    ]);
  });
});

describe("copySender", () => {
  const key = "k" as EventKey;
  const copied: TestEvent = { ...first("copy"), key };

  it("puts the second copy once the first is known to be delivered, and no third", async () => {
    const sent: ReadonlyArray<TestEvent>[] = [];
    const sendCopies = copySender([copied, first("plain")], async (due) => void sent.push(due));
    await sendCopies({ found: [] });
    await sendCopies({ found: [found(key, { outcome: "retrying", deliveredAt: null })] });
    await sendCopies({ found: [found("another")] });
    expect(sent).toStrictEqual([]);
    await sendCopies({ found: [found("another"), found(key)] });
    await sendCopies({ found: [found(key)] });
    expect(sent).toStrictEqual([[copied]]);
  });
});
