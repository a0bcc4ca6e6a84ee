import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import { toFailedEvent } from "../../src/failed/failed-event.ts";
import {
  type DeliverFailedEventsCapabilities,
  deliverFailedEvents,
  mostWaits,
} from "../../src/retry/deliver-failed-events.ts";
import { envelope, eventTime, message, queueEntryText, receivedAt } from "../support/builders.ts";
import { keptTelemetry, noDeliveries, stillClock, takesAll } from "../support/capabilities.ts";
import { memoryDeliveryTurn } from "../support/memory/memory-delivery-turn.ts";
import { memoryEntityCache } from "../support/memory/memory-entity-cache.ts";
import { memoryFailedEvents } from "../support/memory/memory-failed-events.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const policy = { enrich: { mode: "off", maxDelaySeconds: 60 }, maximumEventAgeDays: 14 } as const;
const throttled = { _tag: "StreamThrottled", reason: "slow down" } as const;

/** A chunk of two events in its first attempt, and what its delivery is given. */
const scene = async (given: Partial<DeliverFailedEventsCapabilities> = {}) => {
  const store = memoryFailedEvents(stillClock());
  const events = [1, 2].map((number) => toFailedEvent(message(queueEntryText(`c-${number}`)), "firehoseThrottled"));
  await store.keepForRetry("firehoseThrottled", events, receivedAt, { chunkId: "chunk" })();
  await store.claimChunk({ chunkId: "chunk", attempt: 0 }, receivedAt)();
  const told = keptTelemetry();
  const turn = memoryDeliveryTurn();
  const tallied: string[] = [];
  const capabilities = onlyThese<DeliverFailedEventsCapabilities>({
    ...stillClock(),
    ...takesAll,
    ...noDeliveries,
    ...told.telemetry,
    ...store,
    ...turn,
    users: memoryEntityCache(stillClock()),
    tallyRetry: (result) => TE.fromIO(() => tallied.push(result)),
    ...given,
  });
  const deliver = (more: { readonly waits?: number } = {}) =>
    deliverFailedEvents(policy)({ chunkId: "chunk", attempt: 1, ...more })(capabilities)();
  return { ...told, store, turn, tallied, deliver };
};

const unreadable = {
  _tag: "FailedEventsUnavailable",
  failure: "s3Unavailable",
  unreadableObject: "failed/2026-01-05/chunk.0.jsonl.gz",
  reason: "NoSuchKey",
} as const;

describe("deliverFailedEvents", () => {
  it("removes a chunk all of whose events were delivered, and counts them", async () => {
    const { deliver, store, counted, tallied } = await scene();
    expect(await deliver()).toStrictEqual(E.right({ status: "delivered" }));
    expect([store.chunks.size, store.objects.size, counted, tallied]).toStrictEqual([
      0,
      0,
      [{ delivered: 2 }],
      ["delivered"],
    ]);
  });

  it("leaves in the chunk what could not be delivered, with the time of its next attempt", async () => {
    const { deliver, store, counted, tallied } = await scene({
      putRecords: (records) => TE.right(records.map((record) => (record.includes("c-2") ? throttled : undefined))),
    });
    expect(await deliver()).toStrictEqual(E.right({ status: "postponed" }));
    const chunk = store.chunks.get("chunk");
    expect(chunk).toMatchObject({ attempt: 1, events: 1, failure: "firehoseThrottled", status: "retrying" });
    expect((chunk?.dueAt ?? 0) > receivedAt).toBe(true);
    expect(store.objects.get(chunk?.object ?? "")).toMatchObject([{ attempts: 2, reason: "firehoseThrottled" }]);
    expect([counted, tallied]).toStrictEqual([
      [{ delivered: 1, failed: 1, "failed.firehoseThrottled": 1 }],
      ["postponed"],
    ]);
  });

  it("parks by the write that ends the attempt what is all older than the horizon, and counts it as parked", async () => {
    const { deliver, store, counted } = await scene({
      now: () => receivedAt + 15 * 24 * 60 * 60_000,
      putRecords: () => TE.left(throttled),
    });
    expect(await deliver()).toStrictEqual(E.right({ status: "parked" }));
    expect(store.chunks.get("chunk")).toMatchObject({ status: "parked", events: 2, failure: "firehoseThrottled" });
    expect(counted).toStrictEqual([{ parked: 2, "parked.firehoseThrottled": 2, "parked.wellFormed": 2 }]);
  });

  it("touches nothing when its lease has ended and somebody else has the chunk", async () => {
    const { deliver, store, counted, tallied } = await scene({
      putRecords: () => {
        throw new Error("nothing may be delivered");
      },
    });
    await store.claimChunk({ chunkId: "chunk", attempt: 1 }, receivedAt)();
    expect(await deliver()).toStrictEqual(E.right({ status: "lost" }));
    expect([store.chunks.get("chunk")?.attempt, counted, tallied]).toStrictEqual([2, [], []]);
  });

  it("reports what it has delivered although the lease ended in the middle, and leaves the chunk to its new owner", async () => {
    let takeOver = async () => {};
    const { deliver, store, counted, tallied } = await scene({
      putRecords: (records) => async () => {
        await takeOver();
        return E.right(records.map((record) => (record.includes("c-2") ? throttled : undefined)));
      },
    });
    takeOver = async () => void (await store.claimChunk({ chunkId: "chunk", attempt: 1 }, receivedAt)());
    expect(await deliver()).toStrictEqual(E.right({ status: "lost" }));
    expect([store.chunks.get("chunk")?.events, counted, tallied]).toStrictEqual([
      2,
      [{ delivered: 1, failed: 1, "failed.firehoseThrottled": 1 }],
      [],
    ]);
  });

  it("leaves to the lease, under an error that the machine does not repeat, what could not be settled", async () => {
    const away = { _tag: "FailedEventsUnavailable", failure: "dynamodbUnavailable", reason: "away" } as const;
    const { deliver, counted, tallied } = await scene({
      putRecords: () => TE.left(throttled),
      replaceChunk: () => TE.left(away),
    });
    expect(await deliver()).toStrictEqual(E.left({ _tag: "ChunkNotSettled", reason: "away" }));
    expect([counted, tallied]).toStrictEqual([[{ failed: 2, "failed.firehoseThrottled": 2 }], []]);
  });

  it("has told what became of every event before it settles: a process that ends there leaves no copy without a trace", async () => {
    const crash = new Error("crash");
    const { deliver, logged, counted, store } = await scene({
      findDeliveries: (events) => TE.right(new Map(events.map(({ key }) => [key, "another copy"]))),
      deleteChunk: () => async () => {
        throw crash;
      },
    });
    await expect(deliver()).rejects.toBe(crash);
    expect([logged.map(({ message: text }) => text), counted, store.chunks.size]).toStrictEqual([
      ["duplicates"],
      [{ duplicates: 2 }],
      1,
    ]);
  });

  it("does nothing when it is repeated after it has settled the attempt, parked or not", async () => {
    for (const days of [0, 15]) {
      let isDown = true;
      const { deliver, counted } = await scene({
        now: () => receivedAt + days * 24 * 60 * 60_000,
        putRecords: (records) => (isDown ? TE.left(throttled) : TE.right(records.map(() => undefined))),
      });
      await deliver();
      isDown = false;
      expect(await deliver()).toStrictEqual(E.right({ status: "lost" }));
      expect(counted).toHaveLength(1);
    }
  });

  it("parks a chunk that nobody can read, unless the object is gone because somebody else has settled it", async () => {
    const own = await scene({ loadChunk: () => TE.left(unreadable) });
    expect(await own.deliver()).toStrictEqual(E.left(unreadable));
    expect(own.store.chunks.get("chunk")?.status).toBe("parked");
    expect(own.logged).toMatchObject([{ message: "a failed chunk cannot be read and is parked" }]);
    const gone = { ...unreadable, unreadableObject: "failed/2026-01-05/chunk.earlier.jsonl.gz" };
    const other = await scene({ loadChunk: () => TE.left(gone) });
    expect(await other.deliver()).toStrictEqual(E.right({ status: "lost" }));
    expect([other.store.chunks.get("chunk")?.status, other.logged]).toStrictEqual(["retrying", []]);
  });

  it("says that it is busy while somebody else delivers, and does nothing", async () => {
    const { deliver, turn, store } = await scene();
    await turn.takeTurn("another", receivedAt, receivedAt + 1)();
    const chunk = store.chunks.get("chunk");
    const busy = { chunkId: "chunk", attempt: 1, status: "busy" };
    expect(await deliver()).toStrictEqual(E.right({ ...busy, waits: 1 }));
    expect(await deliver({ waits: 1 })).toStrictEqual(E.right({ ...busy, waits: 2 }));
    expect(store.chunks.get("chunk")).toBe(chunk);
  });

  it("makes way when it has waited long enough, and comes back later with all its events", async () => {
    const { deliver, turn, store, tallied, counted } = await scene();
    await turn.takeTurn("another", receivedAt, receivedAt + 1)();
    expect(await deliver({ waits: mostWaits })).toStrictEqual(E.right({ status: "postponed" }));
    expect(store.chunks.get("chunk")).toMatchObject({
      events: 2,
      failure: "firehoseThrottled",
      status: "retrying",
      dueAt: receivedAt + 61_000,
    });
    // Nothing of it has failed.
    expect([tallied, counted]).toStrictEqual([["postponed"], []]);
  });

  it("parks nothing that it has not offered, however old it is", async () => {
    const late = receivedAt + 15 * 24 * 60 * 60_000;
    const { deliver, turn, store } = await scene({ now: () => late });
    await turn.takeTurn("another", late, late + 1)();
    expect(await deliver({ waits: mostWaits })).toStrictEqual(E.right({ status: "postponed" }));
    expect(store.chunks.get("chunk")).toMatchObject({ status: "retrying" });
  });

  it("leaves the turn to others when its last bytes are paid for, also when nothing could be loaded", async () => {
    const { deliver, turn } = await scene({
      turnIn: () => 2_000,
      loadChunk: () => TE.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "503" }),
    });
    expect(E.isLeft(await deliver())).toBe(true);
    const asked = [receivedAt + 1_999, receivedAt + 2_000].map((now) => turn.takeTurn("another", now, now + 1)());
    expect(await Promise.all(asked)).toStrictEqual([E.right(false), E.right(true)]);
  });

  it("gives up where nobody knows whose turn it is: two could deliver at once", async () => {
    const unknown = { _tag: "DeliveryTurnUnavailable", reason: "throttled" } as const;
    const { deliver } = await scene({ takeTurn: () => TE.left(unknown) });
    expect(await deliver()).toStrictEqual(E.left(unknown));
  });

  it("leaves a chunk alone that cannot be read now, and asks for the turn under the attempt's own name", async () => {
    const away = { _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" } as const;
    const owners: string[] = [];
    const { deliver, logged } = await scene({
      loadChunk: () => TE.left(away),
      parkChunk: () => expect.fail("is not parked"),
      takeTurn: (owner) => TE.fromIO(() => owners.push(owner) > 0),
    });
    expect([await deliver(), owners, logged]).toStrictEqual([E.left(away), ["chunk.1"], []]);
  });

  it("names a chunk that nobody can read, and why", async () => {
    const { deliver, logged } = await scene({ loadChunk: () => TE.left(unreadable) });
    await deliver();
    expect(logged).toStrictEqual([
      {
        message: "a failed chunk cannot be read and is parked",
        fields: { chunkId: "chunk", reason: "NoSuchKey" },
      },
    ]);
  });

  it("parks what is malformed beside the very chunk that it is taken out of", async () => {
    const parked: unknown[] = [];
    const { deliver, store } = await scene({
      parkEvents: (failure, given, retried) => {
        parked.push([failure, given.map(({ body }) => body), retried]);
        return TE.right("other");
      },
    });
    const [object = ""] = store.objects.keys();
    const events = store.objects.get(object) ?? [];
    (store.objects as Map<string, typeof events>).set(object, [...events, toFailedEvent(message("{"), "unknown")]);
    expect([await deliver(), parked]).toStrictEqual([
      E.right({ status: "delivered" }),
      [["malformed", ["{"], "chunk"]],
    ]);
  });

  it("takes it for Genesys' fault that names are missing where nobody says why", async () => {
    const body = envelope("user.start", { eventTime, conversationId: "c", userId: userId(1) });
    const { store } = await scene();
    const [object = ""] = store.objects.keys();
    (store.objects as Map<string, unknown>).set(object, [toFailedEvent(message(body), "unknown")]);
    const told = keptTelemetry();
    const answer = await deliverFailedEvents({
      enrich: { mode: "required", maxDelaySeconds: 3_600 },
      maximumEventAgeDays: 14,
    })({
      chunkId: "chunk",
      attempt: 1,
    })(
      onlyThese<DeliverFailedEventsCapabilities>({
        ...stillClock(),
        ...takesAll,
        ...noDeliveries,
        ...told.telemetry,
        ...store,
        ...memoryDeliveryTurn(),
        users: memoryEntityCache(stillClock()),
        readPriorityMap: TE.right(undefined),
        tallyRetry: () => TE.right(undefined),
      }),
    )();
    expect([answer, store.chunks.get("chunk")?.failure]).toStrictEqual([
      E.right({ status: "postponed" }),
      "genesysUnavailable",
    ]);
  });
});
