import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import type { FailedChunk } from "../../../src/failed/failed-chunk.ts";
import { type FailedEvent, toFailedEvent } from "../../../src/failed/failed-event.ts";
import type { FailedEventsStore } from "../../../src/failed/ports.ts";
import { message, queueEntryText, receivedAt } from "../builders.ts";

const right = async <A>(task: () => Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await task();
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left));
  return answer.right;
};

const failed = (count: number): ReadonlyArray<FailedEvent> =>
  Array.from({ length: count }, (_, index) =>
    toFailedEvent(message(queueEntryText(`c-${index}`)), "firehoseThrottled"),
  );

/** A chunk as whoever claims its next attempt loads it. */
const claim = async (store: FailedEventsStore, chunkId: string, attempt = 0): Promise<FailedChunk> => {
  await right(store.claimChunk({ chunkId, attempt }, receivedAt + 1_000));
  const mine = await right(store.findChunk(chunkId));
  if (mine?.attempt !== attempt + 1) throw new Error("lost");
  return mine;
};

/** A chunk of these events, in its first attempt. */
const claimedChunk = async (store: FailedEventsStore, events: ReadonlyArray<FailedEvent>): Promise<FailedChunk> =>
  claim(store, (await right(store.keepForRetry("unknown", events, receivedAt))).chunkId);

/** What every implementation of the ports of failed events has to do. */
export const failedEventsContract = (create: () => Promise<FailedEventsStore> | FailedEventsStore): void => {
  it("keeps a chunk until it is due, and gives each attempt to one who claims it", async () => {
    const store = await create();
    const events = failed(3);
    const ref = await right(store.keepForRetry("firehoseThrottled", events, receivedAt + 1_000));
    expect(await right(store.findDueChunks(receivedAt, 10))).toStrictEqual([]);
    expect(await right(store.findDueChunks(receivedAt + 1_000, 10))).toStrictEqual([ref]);
    const claimed = await right(store.claimChunk(ref, receivedAt + 330_000));
    expect(claimed).toStrictEqual({ chunkId: ref.chunkId, attempt: 1 });
    expect(await right(store.claimChunk(ref, receivedAt + 330_000))).toBeUndefined();
    expect(await right(store.findDueChunks(receivedAt + 1_000, 10))).toStrictEqual([]);
    expect(await right(store.findDueChunks(receivedAt + 330_000, 10))).toStrictEqual([claimed]);
    const loaded = await right(store.loadChunk(ref.chunkId));
    expect(loaded?.events).toStrictEqual(events);
    expect(loaded?.chunk).toMatchObject({ attempt: 1, status: "retrying", events: 3, isCanary: false });
    if (loaded === undefined) throw new Error("gone");
    expect(await right(store.deleteChunk(loaded.chunk))).toBe(true);
    expect([await right(store.loadChunk(ref.chunkId)), await right(store.findChunk(ref.chunkId))]).toStrictEqual([
      undefined,
      undefined,
    ]);
  });

  it("points a chunk to what is left of it, unless somebody else has it by now", async () => {
    const store = await create();
    const events = failed(3);
    const ref = await right(store.keepForRetry("firehoseThrottled", events, receivedAt, { isCanary: true }));
    const mine = await claim(store, ref.chunkId);
    const remainder = {
      events: events.slice(2),
      failure: "unknown",
      dueAt: receivedAt + 60_000,
      isParked: false,
    } as const;
    expect(await right(store.replaceChunk({ ...mine, attempt: 0 }, remainder))).toBe(false);
    expect(await right(store.replaceChunk(mine, remainder))).toBe(true);
    expect(await right(store.loadChunk(mine.chunkId))).toMatchObject({
      chunk: { attempt: 1, events: 1, failure: "unknown", dueAt: receivedAt + 60_000, isCanary: true },
      events: events.slice(2),
    });
  });

  it("parks what is left of a chunk by the write that ends the attempt", async () => {
    const store = await create();
    const events = failed(2);
    const mine = await claimedChunk(store, events);
    const remainder = { events: events.slice(1), failure: "unknown", dueAt: receivedAt, isParked: true } as const;
    expect(await right(store.replaceChunk(mine, remainder))).toBe(true);
    expect(await right(store.loadChunk(mine.chunkId))).toMatchObject({
      chunk: { status: "parked", events: 1 },
      events: events.slice(1),
    });
    expect(await right(store.findDueChunks(receivedAt + 1e9, 10))).toStrictEqual([]);
  });

  it("leaves parked, without what was delivered, a chunk that somebody parks in the middle of an attempt", async () => {
    const store = await create();
    const events = failed(2);
    const mine = await claimedChunk(store, events);
    expect(await right(store.parkChunk(mine.chunkId))).toBe(true);
    const remainder = { events: events.slice(1), failure: "unknown", dueAt: receivedAt, isParked: false } as const;
    expect(await right(store.replaceChunk(mine, remainder))).toBe(true);
    expect(await right(store.loadChunk(mine.chunkId))).toMatchObject({
      chunk: { status: "parked", events: 1 },
      events: events.slice(1),
    });
    expect(await right(store.findDueChunks(receivedAt + 1e9, 10))).toStrictEqual([]);
  });

  it("parks a chunk for the object that nobody can read, and not once its events lie in another", async () => {
    const store = await create();
    const mine = await claimedChunk(store, failed(2));
    expect(await right(store.parkChunk(mine.chunkId, "failed/2026-01-05/another.jsonl.gz"))).toBe(false);
    expect((await right(store.findChunk(mine.chunkId)))?.status).toBe("retrying");
    expect(await right(store.parkChunk(mine.chunkId, mine.object))).toBe(true);
    expect((await right(store.findChunk(mine.chunkId)))?.status).toBe("parked");
  });

  it("lets no execution of before change a chunk that was brought back, or that events were taken out of", async () => {
    const store = await create();
    const events = failed(3);
    const mine = await claimedChunk(store, events);
    await right(store.parkChunk(mine.chunkId));
    const parked = await right(store.findChunk(mine.chunkId));
    if (parked === undefined) throw new Error("gone");
    expect(await right(store.shrinkChunk(parked, events.slice(1)))).toBe(true);
    expect(await right(store.unparkChunk(mine.chunkId, receivedAt))).toBe(true);
    const remainder = { events, failure: "unknown", dueAt: receivedAt, isParked: false } as const;
    expect(await right(store.replaceChunk(mine, remainder))).toBe(false);
    expect(await right(store.deleteChunk(mine))).toBe(false);
    expect(await right(store.loadChunk(mine.chunkId))).toMatchObject({
      chunk: { status: "retrying", attempt: 3, events: 2 },
      events: events.slice(1),
    });
  });

  it("leaves a chunk as it is by now when the write that made it is repeated", async () => {
    const store = await create();
    const events = failed(2);
    const ref = await right(store.keepForRetry("unknown", events, receivedAt, { chunkId: "same" }));
    const mine = await right(store.claimChunk(ref, receivedAt + 1_000));
    expect(await right(store.keepForRetry("unknown", events, receivedAt, { chunkId: "same" }))).toStrictEqual(ref);
    expect((await right(store.findChunk("same")))?.attempt).toBe(mine?.attempt);
  });

  it("parks the same events once, however often it is told to, and never brings them back by itself", async () => {
    const store = await create();
    const events = failed(2);
    const [first, second] = [
      await right(store.parkEvents("malformed", events)),
      await right(store.parkEvents("malformed", events)),
    ];
    expect(second).toBe(first);
    expect(await right(store.findDueChunks(receivedAt + 1e9, 10))).toStrictEqual([]);
    expect(await right(store.claimChunk({ chunkId: first, attempt: 0 }, receivedAt))).toBeUndefined();
    expect((await right(store.loadChunk(first)))?.events).toStrictEqual(events);
  });

  it("parks what a retry parks again beside the very chunk that is retried, and does so once", async () => {
    const store = await create();
    const events = failed(2);
    const first = await right(store.parkEvents("malformed", events));
    expect(await right(store.unparkChunk(first, receivedAt))).toBe(true);
    const mine = await claim(store, first, 1);
    const again = await right(store.parkEvents("malformed", events, first));
    expect(await right(store.parkEvents("malformed", events, first))).toBe(again);
    expect(again).not.toBe(first);
    await right(store.deleteChunk(mine));
    expect(await right(store.loadChunk(first))).toBeUndefined();
    expect(await right(store.loadChunk(again))).toMatchObject({ chunk: { status: "parked", events: 2 }, events });
  });

  it("does so also when somebody has parked the retried chunk in the middle of the attempt", async () => {
    const store = await create();
    const events = failed(2);
    const first = await right(store.parkEvents("malformed", events));
    await right(store.unparkChunk(first, receivedAt));
    const mine = await claim(store, first, 1);
    await right(store.parkChunk(first));
    const again = await right(store.parkEvents("malformed", events, first));
    await right(store.deleteChunk(mine));
    expect(await right(store.loadChunk(again))).toMatchObject({ chunk: { status: "parked" }, events });
  });

  it("does not take a chunk that somebody has parked meanwhile for the one that is to be retried", async () => {
    const store = await create();
    const events = failed(2);
    await right(store.keepForRetry("unknown", events, receivedAt, { chunkId: "piece" }));
    expect(await right(store.parkChunk("piece"))).toBe(true);
    expect(E.isLeft(await store.keepForRetry("unknown", events, receivedAt, { chunkId: "piece" })())).toBe(true);
    expect(await right(store.loadChunk("piece"))).toMatchObject({ chunk: { status: "parked" }, events });
  });

  it("lists what is due oldest first, and no more than asked for", async () => {
    const store = await create();
    const refs = [];
    for (const due of [3_000, 1_000, 2_000]) {
      refs.push(await right(store.keepForRetry("unknown", failed(1), receivedAt + due)));
    }
    expect(await right(store.findDueChunks(receivedAt + 5_000, 2))).toStrictEqual([refs[1], refs[2]]);
  });
};
