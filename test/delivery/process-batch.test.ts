import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import { containerSinkHealth } from "../../src/breakers/adapters/container-sink-health.ts";
import { streamLimits } from "../../src/delivery/ports.ts";
import { type ProcessBatchCapabilities, processBatch as processBatchBy } from "../../src/delivery/process-batch.ts";
import { messageIdsOf, type Outcome } from "../../src/event/outcome.ts";
import { noneMalformedYet } from "../../src/event/report-outcomes.ts";
import { envelope, eventOf, eventTime, message, queueEntryText } from "../support/builders.ts";
import { keptFailedEvents, keptTelemetry, noDeliveries, stillClock, takesAll } from "../support/capabilities.ts";
import { memoryBreakers } from "../support/memory/memory-breakers.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const processBatch = (messages: Parameters<ReturnType<typeof processBatchBy>>[0]) => processBatchBy(policy)(messages);

const byId = (outcomes: ReadonlyArray<Outcome>) =>
  new Map(outcomes.map(({ message: { messageId }, ...rest }) => [messageId, rest]));

const policy = { mode: "off", maxDelaySeconds: 3600 } as const;

const scene = (given: Partial<ProcessBatchCapabilities> = {}) => {
  const kept = keptTelemetry();
  const arrivals: number[] = [];
  const capabilities = onlyThese<ProcessBatchCapabilities>({
    ...stillClock(),
    ...kept.telemetry,
    ...noDeliveries,
    ...takesAll,
    ...containerSinkHealth(),
    ...noneMalformedYet(),
    noteArrival: (now) => TE.fromIO(() => arrivals.push(now)),
    ...given,
  });
  return { ...kept, arrivals, capabilities };
};

const unavailable = TE.left({ _tag: "DeliveriesUnavailable", reason: "throttled" } as const);
const refusesAll = { putRecords: () => TE.left({ _tag: "StreamUnavailable", reason: "down" } as const) };

describe("processBatch", () => {
  it("delivers events that were never delivered, and records their copies", async () => {
    const recorded: string[] = [];
    const [first, second] = [message(queueEntryText("c-1")), message(queueEntryText("c-2"))];
    const { capabilities, counted } = scene({
      recordDeliveries: (events) => {
        recorded.push(...events.map((event) => event.message.messageId));
        return T.of([]);
      },
    });
    const outcomes = await processBatch([first, second])(capabilities)();
    expect(byId(outcomes)).toStrictEqual(
      new Map([first, second].map(({ messageId }) => [messageId, { _tag: "Delivered", recorded: true }])),
    );
    expect([recorded, counted]).toStrictEqual([[first.messageId, second.messageId], [{ delivered: 2 }]]);
  });

  it("records each chunk of the stream before it offers the next", async () => {
    const calls: string[] = [];
    const { capabilities } = scene({
      putRecords: (records) => {
        calls.push(`offered ${records.length}`);
        return takesAll.putRecords(records);
      },
      recordDeliveries: (events) => {
        calls.push(`recorded ${events.length}`);
        return T.of([]);
      },
    });
    await processBatch(Array.from({ length: 700 }, (_, index) => message(queueEntryText(`c-${index}`))))(
      capabilities,
    )();
    expect(calls).toStrictEqual(["offered 500", "recorded 500", "offered 200", "recorded 200"]);
  });

  it("offers events in batches that the stream takes", async () => {
    const sizes: number[] = [];
    const offered: string[] = [];
    const { capabilities } = scene({
      putRecords: (records) => {
        offered.push(...records);
        sizes.push(records.reduce((sum, record) => sum + Buffer.byteLength(record), 0));
        return takesAll.putRecords(records);
      },
    });
    const big = (index: number) =>
      envelope("contact", { eventTime, conversationId: `c-${index}`, note: "x".repeat(10_000) });
    await processBatch(Array.from({ length: 1_200 }, (_, index) => message(big(index))))(capabilities)();
    expect(offered).toHaveLength(1_200);
    expect(sizes.every((bytes) => bytes <= streamLimits.bytes)).toBe(true);
    expect(sizes).toHaveLength(Math.ceil(Buffer.byteLength(offered.join("")) / streamLimits.bytes));
  });

  it("tells the redelivery of a delivered copy from another copy of the event", async () => {
    const text = queueEntryText("c-1");
    const [same, other] = [message(text), message(text)];
    const known = new Map([[eventOf(same).key, same.messageId]]);
    const { capabilities, logged } = scene({ findDeliveries: () => TE.right(known) });
    const outcomes = await processBatch([same, other])(capabilities)();
    expect(byId(outcomes)).toStrictEqual(
      new Map([
        [same.messageId, { _tag: "Redelivered" }],
        [other.messageId, { _tag: "Duplicate" }],
      ]),
    );
    expect(logged).toStrictEqual([{ message: "duplicates", fields: { messageIds: [other.messageId] } }]);
  });

  it("delivers one of several copies in a batch", async () => {
    const offered: string[] = [];
    const copies = [message(queueEntryText("c-1")), message(queueEntryText("c-1")), message(queueEntryText("c-1"))];
    const { capabilities } = scene({
      putRecords: (records) => {
        offered.push(...records);
        return takesAll.putRecords(records);
      },
    });
    const outcomes = await processBatch(copies)(capabilities)();
    expect(outcomes.map(({ _tag }) => _tag)).toStrictEqual(["Delivered", "Duplicate", "Duplicate"]);
    expect(offered).toHaveLength(1);
  });

  it("fails every copy of an event that could not be delivered, so that none is acknowledged", async () => {
    const copies = [message(queueEntryText("c-1")), message(queueEntryText("c-1"))];
    const { capabilities } = scene(refusesAll);
    const outcomes = await processBatch(copies)(capabilities)();
    expect(outcomes.map(({ _tag }) => _tag)).toStrictEqual(["Failed", "Failed"]);
  });

  it("leaves everything in the buffer while it cannot check what was delivered", async () => {
    const { capabilities } = scene({
      findDeliveries: () => unavailable,
      putRecords: () => {
        throw new Error("nothing may be delivered unchecked");
      },
    });
    const outcomes = await processBatch([message(queueEntryText("c-1"))])(capabilities)();
    expect(outcomes).toMatchObject([{ _tag: "Failed", failure: "dynamodbUnavailable" }]);
  });

  it("acknowledges and counts a delivery that could not be recorded", async () => {
    const { capabilities, counted } = scene({ recordDeliveries: (events) => T.of(events) });
    const outcomes = await processBatch([message(queueEntryText("c-1"))])(capabilities)();
    expect(outcomes).toMatchObject([{ _tag: "Delivered", recorded: false }]);
    expect(counted).toStrictEqual([{ delivered: 1, unrecorded: 1 }]);
  });

  it("parks what is malformed with its payload and reason, and delivers the rest", async () => {
    const kept = keptFailedEvents();
    const [broken, good] = [message("{"), message(queueEntryText("c-1"))];
    const { capabilities } = scene({ parkEvents: kept.parkEvents });
    const outcomes = await processBatch([broken, good])(capabilities)();
    expect(byId(outcomes)).toStrictEqual(
      new Map<string, unknown>([
        [broken.messageId, { _tag: "Parked", failure: "malformed" }],
        [good.messageId, { _tag: "Delivered", recorded: true }],
      ]),
    );
    const { messageId, receivedAt, receives } = broken;
    const event = {
      v: 1,
      messageId,
      receivedAt,
      reason: "malformed",
      attempts: receives,
      body: "{",
      detail: "not JSON",
    };
    expect(kept.parked).toStrictEqual([{ reason: "malformed", events: [event] }]);
  });

  it("parks every copy of an event that is larger than Firehose takes", async () => {
    const kept = keptFailedEvents();
    const text = envelope("attributes", { eventTime, attributes: { note: "x".repeat(1_024_000) } });
    const { capabilities } = scene({ parkEvents: kept.parkEvents });
    const outcomes = await processBatch([message(text), message(text)])(capabilities)();
    expect(outcomes.map((outcome) => (outcome._tag === "Parked" ? outcome.failure : outcome._tag))).toStrictEqual([
      "tooLarge",
      "tooLarge",
    ]);
    expect(kept.parked.flatMap(({ events }) => events)).toHaveLength(2);
  });

  it("hands back what it could not park", async () => {
    const failure = { _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "down" } as const;
    const { capabilities } = scene({ parkEvents: () => TE.left(failure) });
    const outcomes = await processBatch([message("{")])(capabilities)();
    expect(outcomes).toMatchObject([{ _tag: "Failed", failure: "s3Unavailable" }]);
  });

  it("opens the breaker when failed events could not be stored for 20 seconds, whatever the stream takes", async () => {
    const away = { _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "down" } as const;
    const throttled = { _tag: "StreamThrottled", reason: "Slow down." } as const;
    const breakers = memoryBreakers();
    const began = stillClock().now();
    let now = began;
    const { capabilities } = scene({
      ...breakers,
      now: () => now,
      keepForRetry: () => TE.left(away),
      startRetry: () => T.of(false),
      putRecords: (records) =>
        TE.right(records.map((record) => (record.includes('"conversationId":"c-2"') ? throttled : undefined))),
    });
    const batch = () => [message(queueEntryText("c-1")), message(queueEntryText("c-2"))];
    const opened = [];
    for (const seconds of [0, 19, 20]) {
      now = began + seconds * 1000;
      await processBatch(batch())(capabilities)();
      const read = await breakers.readBreaker("sink")();
      opened.push(E.isRight(read) ? read.right : read.left);
    }
    expect(opened).toStrictEqual([
      undefined,
      undefined,
      { name: "sink", openedAt: now, reason: "s3Unavailable", by: "process-batch" },
    ]);
  });

  it("answers each copy exactly once, whatever happens", async () => {
    const messages = [message("{"), message(queueEntryText("c-1")), message(queueEntryText("c-1")), message("[]")];
    for (const given of [{}, refusesAll, { findDeliveries: () => unavailable }]) {
      const { capabilities } = scene({ parkEvents: keptFailedEvents().parkEvents, ...given });
      const outcomes = await processBatch(messages)(capabilities)();
      expect([...messageIdsOf(outcomes)].toSorted()).toStrictEqual(
        messages.map(({ messageId }) => messageId).toSorted(),
      );
    }
  });

  it.each([
    ["asks for names while enough time is left to deliver", 1, 1],
    ["asks for none when delivering takes all the time that is left", 3, 0],
  ])("%s", async (_, millisecondsPerByte, asked) => {
    let requests = 0;
    const { capabilities } = scene({
      turnIn: (bytesBefore) => bytesBefore * millisecondsPerByte,
      readPriorityMap: TE.right(undefined),
      users: {
        isAtHand: false,
        recall: () => TE.right(new Map()),
        remember: () => T.of(undefined),
        getByIds: () => {
          requests += 1;
          return TE.right({ entities: [], leftOut: [] });
        },
      },
    });
    const texts = ["c-1", "c-2"].map((conversationId) =>
      envelope("user.start", { eventTime, conversationId, userId: userId(1), note: "x".repeat(5_000) }),
    );
    const bestEffort = processBatchBy({ mode: "bestEffort", maxDelaySeconds: 3600 });
    const outcomes = await bestEffort(texts.map((text) => message(text)))(capabilities)();
    expect([requests, outcomes.map(({ _tag }) => _tag)]).toStrictEqual([asked, ["Delivered", "Delivered"]]);
  });

  it("notes that events arrive, takes none that comes back for an arrival, and leaves it when time is short", async () => {
    const { capabilities, arrivals } = scene();
    const first = message(queueEntryText("c-1"));
    await processBatch([{ ...first, receives: 2 }])(capabilities)();
    expect(arrivals).toStrictEqual([]);
    await processBatch([first])(capabilities)();
    await processBatch([first])({ ...capabilities, timeLeft: () => 31_000 })();
    expect(arrivals).toStrictEqual([capabilities.now()]);
    arrivals.length = 0;
    await processBatch([{ ...first, receives: 2 }, message(queueEntryText("c-2"))])(capabilities)();
    expect(arrivals).toStrictEqual([capabilities.now()]);
  });
});
