import { createHash } from "node:crypto";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { TransientFailure } from "../../src/event/failure.ts";
import {
  dueShardOf,
  failedObjectName,
  isBeyondHorizon,
  isEndless,
  isSameChunk,
  isSettled,
  leaseFor,
  nextAttemptAt,
  parkedAt,
  parkedChunkIds,
  shrunkObjectName,
} from "../../src/failed/failed-chunk.ts";
import { FailedEvent, failedChunksOf, toFailedEvent, toMessage } from "../../src/failed/failed-event.ts";
import { message, receivedAt } from "../support/builders.ts";

const day = 86_400_000;

describe("nextAttemptAt", () => {
  const waitAfter = (attempt: number, failure: TransientFailure, retryAfterSeconds = 0, random = 0.999_999_999) =>
    nextAttemptAt({ attempt, failure, retryAfterSeconds }, receivedAt, random) - receivedAt;
  const minutes = (failure: TransientFailure) =>
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 50].map((attempt) => Math.round(waitAfter(attempt, failure) / 6_000) / 10);

  it("doubles from half a minute to six hours, and to ten minutes where names are missing", () => {
    expect(minutes("firehoseUnavailable")).toStrictEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
    expect(minutes("genesysUnavailable")).toStrictEqual([0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 10, 10, 10]);
  });

  it("takes any share of that, a second at least", () => {
    expect([waitAfter(1, "unknown", 0, 0), waitAfter(1, "unknown", 0, 0.5)]).toStrictEqual([1_000, 30_000]);
  });

  it("is never before the vendor allows it", () => {
    expect([waitAfter(1, "genesysRateLimited", 300), waitAfter(1, "genesysRateLimited", 300, 0)]).toStrictEqual([
      300_000, 300_000,
    ]);
    expect(waitAfter(9, "genesysRateLimited", 30)).toBe(599_999);
  });
});

describe("the ends of retries", () => {
  it("come after each 300 attempts, whoever brought the chunk back", () => {
    expect([0, 1, 299, 300, 301, 600, 900].map((attempt) => isEndless({ chunkId: "c", attempt }))).toStrictEqual([
      false,
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it("come when an event is older than the policy says", () => {
    const old = (age: number) => isBeyondHorizon(receivedAt, receivedAt + age, 14);
    expect([old(14 * day), old(14 * day + 1), old(-1)]).toStrictEqual([false, true, false]);
  });
});

describe("names of chunks and objects", () => {
  it("say the day on which a chunk was made, the chunk and its attempt", () => {
    expect(failedObjectName("c-1", 3, Date.UTC(2026, 0, 5, 23, 59))).toBe("failed/2026-01-05/c-1.3.jsonl.gz");
  });

  it.each([
    ["failed/2026-01-05/c.0.jsonl.gz", "failed/2026-01-05/c.0+1.jsonl.gz"],
    ["failed/2026-01-05/c.0+1.jsonl.gz", "failed/2026-01-05/c.0+2.jsonl.gz"],
    ["failed/2026-01-05/c.0+99.jsonl.gz", "failed/2026-01-05/c.0+100.jsonl.gz"],
    ["a.jsonl.gz/c.0.jsonl.gz", "a.jsonl.gz/c.0+1.jsonl.gz"],
  ])("of %s with fewer events are %s", (object, shrunk) => {
    expect(shrunkObjectName({ object })).toBe(shrunk);
  });

  it("show whether an attempt has left its remainder", () => {
    const settled = (attempt: number, object: string) => isSettled({ chunkId: "c-1", attempt, object });
    expect([
      settled(2, "failed/2026-01-05/c-1.2.jsonl.gz"),
      // Taking events out of it was an attempt of its own.
      settled(2, "failed/2026-01-05/c-1.2+1.jsonl.gz"),
      settled(2, "failed/2026-01-05/c-1.1.jsonl.gz"),
      settled(2, "failed/2026-01-05/c-1.22.jsonl.gz"),
      settled(2, "failed/2026-01-05/xc-1.2.jsonl.gz"),
      settled(0, "failed/2026-01-05/c-1.0.jsonl.gz"),
    ]).toStrictEqual([true, false, false, false, false, false]);
  });

  it("spread chunks over four shards of the index", () => {
    const shards = Array.from({ length: 400 }, (_, index) => dueShardOf(`chunk-${index}`));
    const counts = [...Map.groupBy(shards, (shard) => shard)].map(([shard, all]) => [shard, all.length > 60]);
    expect(counts.toSorted()).toStrictEqual([0, 1, 2, 3].map((shard) => [`retrying#${shard}`, true]));
    // Stored items have to be found again.
    expect([dueShardOf("chunk-0"), dueShardOf("a"), dueShardOf("")]).toStrictEqual([
      "retrying#2",
      "retrying#1",
      "retrying#1",
    ]);
  });
});

describe("parkedChunkIds", () => {
  const of = (...ids: ReadonlyArray<string>) =>
    ids.map((messageId) => toFailedEvent(message("x", { messageId }), "unknown"));

  it("are eight, the same for the same messages in whatever order, and others for anything else", () => {
    const ids = parkedChunkIds("malformed", of("m-1", "m-2"));
    expect(ids).toHaveLength(8);
    // The first is the digest of class and messages: stored chunks have to be found again.
    expect(ids[0]).toBe(createHash("sha256").update("malformed\nm-1\nm-2").digest("hex").slice(0, 32));
    expect(new Set(ids).size).toBe(8);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    expect(parkedChunkIds("malformed", of("m-2", "m-1"))).toStrictEqual(ids);
    const others = [
      parkedChunkIds("tooLarge", of("m-1", "m-2")),
      parkedChunkIds("malformed", of("m-1")),
      parkedChunkIds("malformed", of("m-1m-2")),
      parkedChunkIds("malformed", of("m-1", "m-3")),
    ];
    expect(others.flat().filter((id) => ids.includes(id))).toStrictEqual([]);
  });
});

describe("isSameChunk", () => {
  it.each<[stored: "parked" | "retrying", events: number, wanted: "parked" | "retrying", boolean]>([
    ["parked", 3, "parked", true],
    ["parked", 2, "parked", false],
    ["retrying", 2, "retrying", true],
    ["retrying", 3, "parked", false],
    ["parked", 3, "retrying", false],
  ])("a chunk that is %s with %i events is the one to be %s with three: %s", (status, events, wanted, isSame) => {
    expect(isSameChunk({ status, events }, wanted, 3)).toBe(isSame);
  });
});

describe("parkedAt", () => {
  it("is when the first event was received, or never", () => {
    const event = toFailedEvent(message("x"), "unknown");
    expect([parkedAt([event, { ...event, receivedAt: 1 }]), parkedAt([])]).toStrictEqual([
      { createdAt: receivedAt, dueAt: receivedAt },
      { createdAt: 0, dueAt: 0 },
    ]);
  });
});

describe("leaseFor", () => {
  it("is longer than an execution of retry-failed-events", () => {
    expect(leaseFor).toBe(330_000);
  });
});

describe("failed events", () => {
  it("are messages that can be had back, with what happened to them", () => {
    const traced = message("text", { trace: "Root=1", receives: 3 });
    const kept = toFailedEvent(traced, "tooLarge", { key: "k", detail: "d", sealed: true });
    expect(kept).toStrictEqual({
      v: 1,
      messageId: traced.messageId,
      receivedAt,
      reason: "tooLarge",
      attempts: 3,
      body: "text",
      trace: "Root=1",
      key: "k",
      detail: "d",
      sealed: true,
    });
    expect([toMessage(kept), FailedEvent.decode({ ...kept, more: 1 })]).toStrictEqual([traced, E.right(kept)]);
    const plain = message("text");
    expect([toMessage(toFailedEvent(plain, "unknown")), toFailedEvent(plain, "unknown")]).toStrictEqual([
      plain,
      { v: 1, messageId: plain.messageId, receivedAt, reason: "unknown", attempts: 1, body: "text" },
    ]);
  });

  it("are nothing else than that", () => {
    const kept = toFailedEvent(message("x"), "unknown");
    const wrong = [
      { ...kept, v: 2 },
      { ...kept, body: 1 },
      { ...kept, trace: 1 },
      { ...kept, key: 1 },
      { ...kept, detail: 1 },
      { ...kept, sealed: false },
      { ...kept, attempts: "1" },
    ];
    expect(wrong.map(FailedEvent.is)).toStrictEqual(wrong.map(() => false));
    expect(FailedEvent.name).toBe("FailedEvent");
  });

  it("are kept 500 together, or four mebibytes of text", () => {
    const sizes = (bodies: ReadonlyArray<string>) =>
      failedChunksOf(bodies.map((body) => ({ message: message(body) }))).map((chunk) => chunk.length);
    const mebibyte = "ü".repeat(512 * 1024);
    expect([sizes(Array(501).fill("x")), sizes(Array(5).fill(mebibyte)), sizes([])]).toStrictEqual([
      [500, 1],
      [4, 1],
      [],
    ]);
  });
});
