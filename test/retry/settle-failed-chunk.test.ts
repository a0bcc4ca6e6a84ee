import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { TransientFailure } from "../../src/event/failure.ts";
import type { Failed } from "../../src/event/outcome.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import type { ChunkRemainder } from "../../src/failed/ports.ts";
import {
  type Attempted,
  areExpired,
  type SettleCapabilities,
  settleFailedChunk,
} from "../../src/retry/settle-failed-chunk.ts";
import { message, receivedAt } from "../support/builders.ts";

const now = receivedAt + 60_000;
const day = 86_400_000;
const policy = { enrich: { mode: "required", maxDelaySeconds: 3_600 }, maximumEventAgeDays: 14 } as const;

const chunk: FailedChunk = {
  chunkId: "c-1",
  attempt: 3,
  status: "retrying",
  failure: "unknown",
  object: "failed/2026-01-05/c-1.2.jsonl.gz",
  events: 2,
  createdAt: receivedAt,
  isCanary: false,
  dueAt: receivedAt,
};

const failed = (
  failure: TransientFailure,
  given: { readonly receivedAt?: number; readonly retryAfterSeconds?: number } = {},
): Failed => ({
  _tag: "Failed",
  message: message("x", { receivedAt: given.receivedAt ?? receivedAt, receives: 4 }),
  failure,
  ...(given.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: given.retryAfterSeconds }),
});

const attemptedOf = (left: ReadonlyArray<Failed>, given: Partial<Attempted> = {}): Attempted => ({
  chunk,
  left,
  sealed: [],
  retryAfterSeconds: 0,
  madeWay: false,
  isExpired: false,
  ...given,
});

const scene = (given: Partial<SettleCapabilities> = {}, random = 0.5) => {
  const remainders: ChunkRemainder[] = [];
  const tallied: string[] = [];
  const capabilities: SettleCapabilities = {
    deleteChunk: () => TE.right(true),
    replaceChunk: (_, remainder) => {
      remainders.push(remainder);
      return TE.right(true);
    },
    tallyRetry: (result) => TE.fromIO(() => tallied.push(result)),
    now: () => now,
    random: () => random,
    ...given,
  };
  return {
    remainders,
    tallied,
    settle: (attempted: Attempted) => settleFailedChunk(attempted, policy)(capabilities)(),
  };
};

/** Seconds from now until the chunk is due again, and what it is then said to wait for. */
const nextOf = async (left: ReadonlyArray<Failed>, given: Partial<Attempted> = {}, random = 0.5) => {
  const { remainders, settle } = scene({}, random);
  await settle(attemptedOf(left, given));
  return remainders.map(({ dueAt, failure }) => [(dueAt - now) / 1000, failure]);
};

describe("settleFailedChunk", () => {
  it("removes a chunk of which nothing is left", async () => {
    const { settle, tallied, remainders } = scene();
    expect([await settle(attemptedOf([])), tallied, remainders]).toStrictEqual([
      E.right("delivered"),
      ["delivered"],
      [],
    ]);
  });

  it("has delivered it also when somebody else has removed it: that may have been this very call", async () => {
    const { settle } = scene({ deleteChunk: () => TE.right(false) });
    expect(await settle(attemptedOf([]))).toStrictEqual(E.right("delivered"));
  });

  it("leaves what is left, with one receive more, and counts a postponement", async () => {
    const left = [failed("unknown"), failed("timeout")];
    const { settle, tallied, remainders } = scene();
    expect(await settle(attemptedOf(left, { sealed: left.slice(1) }))).toStrictEqual(E.right("postponed"));
    const lineOf = ({ message: { messageId }, failure }: Failed) => ({
      v: 1,
      messageId,
      receivedAt,
      reason: failure,
      attempts: 5,
      body: "x",
    });
    expect([tallied, remainders]).toStrictEqual([
      ["postponed"],
      [
        {
          events: left.map((each, index) => ({ ...lineOf(each), ...(index === 1 ? { sealed: true } : {}) })),
          failure: "unknown",
          dueAt: now + 120_000,
          isParked: false,
        },
      ],
    ]);
  });

  it("parks what has expired, and says so of each event", async () => {
    const { settle, tallied, remainders } = scene();
    expect(await settle(attemptedOf([failed("unknown")], { isExpired: true }))).toStrictEqual(E.right("parked"));
    expect([tallied, remainders]).toMatchObject([
      ["postponed"],
      [{ isParked: true, events: [{ detail: "not delivered within 14 days" }] }],
    ]);
  });

  it("has lost an attempt that is somebody else's by now, and counts nothing", async () => {
    const { settle, tallied } = scene({ replaceChunk: () => TE.right(false) });
    expect([await settle(attemptedOf([failed("unknown")])), tallied]).toStrictEqual([E.right("lost"), []]);
  });

  const away = { _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" } as const;

  it.each([
    ["removed", [], { deleteChunk: () => TE.left(away) }],
    ["left", [failed("unknown")], { replaceChunk: () => TE.left(away) }],
  ])("fails when a chunk cannot be %s", async (_, left, given) => {
    const { settle, tallied } = scene(given);
    expect([await settle(attemptedOf(left)), tallied]).toStrictEqual([
      E.left({ _tag: "ChunkNotSettled", reason: "away" }),
      [],
    ]);
  });

  it("is settled although the count is lost", async () => {
    const { settle } = scene({ tallyRetry: () => TE.left({ _tag: "BreakersUnavailable", reason: "away" }) });
    expect(await settle(attemptedOf([]))).toStrictEqual(E.right("delivered"));
  });
});

describe("the next attempt at a chunk", () => {
  it("comes after its backoff, for the sink's failure where there is one", async () => {
    expect([
      await nextOf([failed("unknown")]),
      await nextOf([failed("unknown"), failed("firehoseThrottled"), failed("s3Unavailable")]),
      await nextOf([failed("genesysUnavailable"), failed("timeout")]),
    ]).toStrictEqual([[[120, "unknown"]], [[120, "firehoseThrottled"]], [[120, "genesysUnavailable"]]]);
  });

  it("comes no earlier than anybody asks for", async () => {
    expect([
      await nextOf([failed("genesysRateLimited", { retryAfterSeconds: 200 }), failed("unknown")]),
      await nextOf([failed("unknown")], { retryAfterSeconds: 300 }),
      await nextOf([failed("genesysRateLimited", { retryAfterSeconds: 200 })], { retryAfterSeconds: 300 }),
      await nextOf([failed("genesysRateLimited", { retryAfterSeconds: 400 })], { retryAfterSeconds: 300 }),
    ]).toStrictEqual([
      [[200, "genesysRateLimited"]],
      [[300, "unknown"]],
      [[300, "genesysRateLimited"]],
      [[400, "genesysRateLimited"]],
    ]);
  });

  it("of a canary comes after 50 seconds, or when anybody allows it", async () => {
    const canary = { chunk: { ...chunk, isCanary: true } };
    expect([
      await nextOf([failed("firehoseUnavailable")], canary),
      await nextOf([failed("firehoseUnavailable", { retryAfterSeconds: 60 })], canary),
      await nextOf([failed("firehoseUnavailable", { retryAfterSeconds: 40 })], canary),
    ]).toStrictEqual([[[50, "firehoseUnavailable"]], [[60, "firehoseUnavailable"]], [[50, "firehoseUnavailable"]]]);
  });

  it("comes when events are delivered without their names, if that is before, and is allowed", async () => {
    // They may wait an hour from their receipt; the backoff of attempt 3 is 240 s.
    const waiting = (secondsLeft: number, retryAfterSeconds = 0) =>
      failed("genesysUnavailable", { receivedAt: now - 3_600_000 + secondsLeft * 1000, retryAfterSeconds });
    expect([
      await nextOf([waiting(100)]),
      await nextOf([waiting(200)]),
      await nextOf([waiting(200), waiting(60)]),
      await nextOf([waiting(60, 90)]),
      await nextOf([waiting(0)]),
      await nextOf([waiting(-5)]),
      await nextOf([failed("unknown", { receivedAt: now - 3_600_000 + 10_000 })]),
      await nextOf([waiting(60), failed("unknown", { receivedAt: now - 3_600_000 + 10_000 })]),
    ]).toStrictEqual([
      [[100, "genesysUnavailable"]],
      [[120, "genesysUnavailable"]],
      [[60, "genesysUnavailable"]],
      [[90, "genesysUnavailable"]],
      [[120, "genesysUnavailable"]],
      [[120, "genesysUnavailable"]],
      [[120, "unknown"]],
      [[60, "genesysUnavailable"]],
    ]);
  });

  it("comes within two minutes where others had the turn", async () => {
    const made = { madeWay: true, retryAfterSeconds: 900 };
    expect([
      await nextOf([failed("unknown")], made, 0),
      await nextOf([failed("unknown")], made, 0.5),
      await nextOf([failed("unknown")], made, 0.999_999_9),
    ]).toStrictEqual([[[1, "unknown"]], [[61, "unknown"]], [[121, "unknown"]]]);
  });
});

describe("areExpired", () => {
  const old = failed("unknown", { receivedAt: now - 14 * day - 1 });
  const young = failed("unknown", { receivedAt: now - 14 * day });

  it("needs all that is left to be older than the policy says", () => {
    expect([[old], [old, young], [young], []].map((left) => areExpired(left, now, policy))).toStrictEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
