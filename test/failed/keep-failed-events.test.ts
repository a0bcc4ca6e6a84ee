import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { TransientFailure } from "../../src/event/failure.ts";
import type { Failed, Outcome, ToPark } from "../../src/event/outcome.ts";
import { leaseFor } from "../../src/failed/failed-chunk.ts";
import { type KeepCapabilities, keepFailedEvents, keepUnseen } from "../../src/failed/keep-failed-events.ts";
import { parkMessages } from "../../src/failed/park-messages.ts";
import { message, receivedAt } from "../support/builders.ts";
import { keptFailedEvents, keptTelemetry } from "../support/capabilities.ts";

const failed = (failure: TransientFailure, retryAfterSeconds?: number): Failed => ({
  _tag: "Failed",
  message: message("x"),
  failure,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

const delivered: Outcome = { _tag: "Delivered", message: message("x"), recorded: true };

const scene = (given: Partial<KeepCapabilities> = {}) => {
  const { logged, counted, telemetry } = keptTelemetry();
  const kept: { failure: string; ids: ReadonlyArray<string>; dueIn: number }[] = [];
  const started: unknown[] = [];
  const capabilities: KeepCapabilities = {
    ...telemetry,
    now: () => receivedAt,
    keepForRetry: (failure, events, dueAt) => {
      kept.push({ failure, ids: events.map(({ messageId }) => messageId), dueIn: dueAt - receivedAt });
      return TE.right({ chunkId: `chunk-${kept.length}`, attempt: 0 });
    },
    startRetry: (ref) => {
      started.push(ref);
      return T.of(true);
    },
    ...given,
  };
  return { logged, counted, kept, started, capabilities };
};

/** Seconds until the chunk is due, and whether its retry was started; undefined: it waits where it is. */
const fate = async (failure: Failed, ...others: ReadonlyArray<Outcome>) => {
  const { kept, started, capabilities } = scene();
  const outcomes = await keepFailedEvents([failure, ...others])(capabilities)();
  const [chunk] = kept;
  expect(
    outcomes.some(({ _tag, message: { messageId } }) => messageId === failure.message.messageId && _tag === "Retrying"),
  ).toBe(chunk !== undefined);
  return chunk === undefined ? undefined : [chunk.dueIn / 1000, started.length];
};

const lease = leaseFor / 1000;

describe("keepFailedEvents", () => {
  it.each<[TransientFailure, whileFlowing: unknown, whileNot: unknown]>([
    ["genesysRateLimited", [lease, 1], [lease, 1]],
    ["genesysUnavailable", [lease, 1], [lease, 1]],
    ["genesysRefused", [lease, 1], [lease, 1]],
    ["unknown", [lease, 1], [lease, 1]],
    ["timeout", [30, 0], [30, 0]],
    // What the stream would not take while it took others is kept; while it takes nothing, everything waits in the buffer.
    ["firehoseThrottled", [30, 0], undefined],
    ["firehoseUnavailable", [30, 0], undefined],
    ["firehoseRefused", [30, 0], undefined],
    ["dynamodbUnavailable", undefined, undefined],
    ["s3Unavailable", undefined, undefined],
  ])("of %s, while events get through and while none does", async (failure, whileFlowing, whileNot) => {
    expect([await fate(failed(failure), delivered), await fate(failed(failure))]).toStrictEqual([
      whileFlowing,
      whileNot,
    ]);
  });

  it.each<[string, Outcome, waits: boolean]>([
    ["a duplicate", { _tag: "Duplicate", message: message("x") }, true],
    ["a redelivery", { _tag: "Redelivered", message: message("x") }, true],
    ["a parked message", { _tag: "Parked", message: message("x"), failure: "malformed" }, true],
    ["one that is retried", { _tag: "Retrying", message: message("x"), failure: "unknown" }, true],
    ["a delivered event", delivered, false],
  ])("learns from %s in the batch whether the sink takes anything at all", async (_, other, waits) => {
    expect((await fate(failed("firehoseUnavailable"), other)) === undefined).toBe(waits);
  });

  it("waits as long as the vendor asks for, half a minute at least, and starts nothing before", async () => {
    expect([
      await fate(failed("genesysRateLimited", 90)),
      await fate(failed("genesysRateLimited", 5)),
      await fate(failed("genesysRateLimited", 0)),
      await fate(failed("genesysRateLimited", 5), failed("genesysRateLimited", 60)),
    ]).toStrictEqual([
      [90, 0],
      [30, 0],
      [lease, 1],
      [60, 0],
    ]);
  });

  it("keeps events by their failure, 500 a chunk, and leaves every other outcome as it is", async () => {
    const { kept, started, capabilities } = scene();
    const many = Array.from({ length: 501 }, () => failed("unknown"));
    const [other, waiting] = [failed("timeout"), failed("s3Unavailable")];
    const outcomes = await keepFailedEvents([delivered, ...many, other, waiting])(capabilities)();
    expect(kept.map(({ failure, ids }) => [failure, ids.length])).toStrictEqual([
      ["unknown", 500],
      ["unknown", 1],
      ["timeout", 1],
    ]);
    expect(started).toStrictEqual([
      { chunkId: "chunk-1", attempt: 0 },
      { chunkId: "chunk-2", attempt: 0 },
    ]);
    expect(outcomes).toStrictEqual([
      delivered,
      waiting,
      ...many.map(({ message: each }) => ({ _tag: "Retrying", message: each, failure: "unknown" })),
      { _tag: "Retrying", message: other.message, failure: "timeout" },
    ]);
  });

  it("leaves events failed that cannot be stored, for the store's reason, and says so", async () => {
    const { logged, started, capabilities } = scene({
      keepForRetry: () => TE.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" }),
    });
    const one = failed("unknown");
    expect(await keepFailedEvents([one])(capabilities)()).toStrictEqual([{ ...one, failure: "s3Unavailable" }]);
    expect([logged, started]).toStrictEqual([
      [{ message: "failed events could not be stored", fields: { reason: "away", events: 1 } }],
      [],
    ]);
  });

  it("is content with a retry that cannot be started: it is due when its lease ends", async () => {
    const { capabilities } = scene({ startRetry: () => T.of(false) });
    expect(await keepFailedEvents([failed("unknown")])(capabilities)()).toMatchObject([{ _tag: "Retrying" }]);
  });

  it("does nothing for a batch in which nothing failed", async () => {
    const { kept, capabilities } = scene();
    expect([await keepFailedEvents([delivered])(capabilities)(), kept]).toStrictEqual([[delivered], []]);
  });
});

describe("keepUnseen", () => {
  it("keeps messages as they are, for want of time, and counts them", async () => {
    const { kept, counted, capabilities } = scene();
    const given = [message("{"), message("x")];
    expect(await keepUnseen(given)(capabilities)()).toStrictEqual(
      given.map((each) => ({ _tag: "Retrying", message: each, failure: "timeout" })),
    );
    expect([kept, counted]).toStrictEqual([
      [{ failure: "timeout", ids: given.map(({ messageId }) => messageId), dueIn: 30_000 }],
      [{ retrying: 2, "retrying.timeout": 2 }],
    ]);
  });
});

describe("parkMessages", () => {
  const toPark = (failure: ToPark["failure"], given: Partial<ToPark> = {}): ToPark => ({
    message: message("x"),
    failure,
    detail: "why",
    ...given,
  });

  it("parks by failure, with detail, key and seal, 500 a chunk", async () => {
    const { parked, parkEvents } = keptFailedEvents();
    const [plain, sealed, keyed] = [toPark("malformed"), toPark("sealed"), toPark("malformed", { key: "k" })];
    const many = Array.from({ length: 500 }, () => toPark("tooLarge"));
    const outcomes = await parkMessages([plain, sealed, keyed, ...many, toPark("tooLarge")])({
      ...keptTelemetry().telemetry,
      parkEvents,
    })();
    const lines = parked.map(({ reason, events }) => [
      reason,
      events.length,
      events.slice(0, 2).map(({ key, detail, sealed: isSealed }) => [key, detail, isSealed]),
    ]);
    const unmarked = [undefined, "why", undefined];
    expect(lines).toStrictEqual([
      ["malformed", 2, [unmarked, ["k", "why", undefined]]],
      ["sealed", 1, [[undefined, "why", true]]],
      ["tooLarge", 500, [unmarked, unmarked]],
      ["tooLarge", 1, [unmarked]],
    ]);
    expect(Object.keys(parked[0]?.events[0] ?? {})).not.toContain("key");
    expect(Object.keys(parked[0]?.events[0] ?? {})).not.toContain("sealed");
    expect([outcomes.length, outcomes[0], outcomes[2]]).toStrictEqual([
      504,
      { _tag: "Parked", message: plain.message, failure: "malformed" },
      { _tag: "Parked", message: sealed.message, failure: "sealed" },
    ]);
  });

  it("answers that messages failed which could not be stored, each chunk by itself, and says so", async () => {
    const { logged, telemetry } = keptTelemetry();
    const [bad, good] = [toPark("malformed"), toPark("tooLarge")];
    const outcomes = await parkMessages([bad, good])({
      ...telemetry,
      parkEvents: (failure) =>
        TE.fromEither(
          failure === "malformed"
            ? E.left({ _tag: "FailedEventsUnavailable", failure: "dynamodbUnavailable", reason: "away" } as const)
            : E.right("chunk-1"),
        ),
    })();
    expect([outcomes, logged]).toStrictEqual([
      [
        { _tag: "Failed", message: bad.message, failure: "dynamodbUnavailable" },
        { _tag: "Parked", message: good.message, failure: "tooLarge" },
      ],
      [{ message: "events could not be parked", fields: { reason: "away" } }],
    ]);
  });
});
