import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { containerSinkHealth } from "../../src/breakers/adapters/container-sink-health.ts";
import type { Breaker } from "../../src/breakers/breaker.ts";
import { type GuardSinkCapabilities, guardSink } from "../../src/delivery/guard-sink.ts";
import type { TransientFailure } from "../../src/event/failure.ts";
import type { Failed, Outcome } from "../../src/event/outcome.ts";
import { message, receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";
import { memoryBreakers } from "../support/memory/memory-breakers.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const failedOf = (failure: TransientFailure, body = "x"): Failed => ({
  _tag: "Failed",
  message: message(body),
  failure,
});
const delivered = (): Outcome => ({ _tag: "Delivered", message: message("x"), recorded: true });

/** A container whose sink has taken nothing for so many seconds when it is asked. */
const scene = (seconds: number, given: Partial<GuardSinkCapabilities> = {}) => {
  const { logged, telemetry } = keptTelemetry();
  const health = containerSinkHealth();
  health.failingSince(receivedAt - seconds * 1000);
  const recovered: number[] = [];
  const kept: unknown[] = [];
  const breakers = memoryBreakers();
  const capabilities = onlyThese<GuardSinkCapabilities>({
    ...telemetry,
    ...breakers,
    now: () => receivedAt,
    failingSince: health.failingSince,
    recovered: () => {
      recovered.push(1);
      health.recovered();
    },
    keepForRetry: (failure, events, dueAt, more) => {
      kept.push({ failure, bodies: events.map(({ body }) => body), dueAt, more });
      return TE.right({ chunkId: "canary-1", attempt: 0 });
    },
    ...given,
  });
  return {
    logged,
    recovered,
    kept,
    guard: (outcomes: ReadonlyArray<Outcome>) => guardSink(outcomes)(capabilities)(),
    breaker: async () => {
      const read = await breakers.readBreaker("sink")();
      return E.isRight(read) ? read.right : read.left;
    },
  };
};

const open: Breaker = {
  name: "sink",
  openedAt: receivedAt,
  reason: "firehoseUnavailable",
  by: "process-batch",
  canary: "canary-1",
};

describe("guardSink", () => {
  it("opens the breaker after 20 seconds in which nothing got through, and keeps one chunk as its canary", async () => {
    const stuck = [failedOf("firehoseUnavailable", "a"), failedOf("dynamodbUnavailable", "b")];
    const waiting = failedOf("genesysUnavailable", "c");
    const { guard, kept, breaker, logged, recovered } = scene(20);
    expect(await guard([stuck[0] ?? waiting, waiting, stuck[1] ?? waiting])).toStrictEqual([
      { _tag: "Retrying", message: stuck[0]?.message, failure: "firehoseUnavailable" },
      waiting,
      { _tag: "Retrying", message: stuck[1]?.message, failure: "firehoseUnavailable" },
    ]);
    expect([kept, await breaker(), recovered]).toStrictEqual([
      [{ failure: "firehoseUnavailable", bodies: ["a", "b"], dueAt: receivedAt + 50_000, more: { isCanary: true } }],
      open,
      [],
    ]);
    expect(logged).toStrictEqual([
      {
        message: "nothing gets through: the breaker of the sink is open",
        fields: { reason: "firehoseUnavailable", canary: "canary-1" },
      },
    ]);
  });

  it("keeps no more than a chunk, and leaves the rest where it is", async () => {
    const outcomes = Array.from({ length: 501 }, () => failedOf("firehoseThrottled"));
    const answered = await scene(60).guard(outcomes);
    expect([answered.filter(({ _tag }) => _tag === "Retrying").length, answered.at(-1)]).toStrictEqual([
      500,
      outcomes.at(-1),
    ]);
  });

  it.each<[string, number, ReadonlyArray<Outcome>, Partial<GuardSinkCapabilities>]>([
    ["nothing got through for less than 20 seconds", 19.999, [failedOf("firehoseUnavailable")], {}],
    ["what failed is no failure of the sink", 60, [failedOf("genesysUnavailable"), failedOf("timeout")], {}],
    ["nothing failed", 60, [{ _tag: "Duplicate", message: message("x") }], {}],
    ["the batch is empty", 60, [], {}],
    [
      "the breaker cannot be read",
      60,
      [failedOf("firehoseUnavailable")],
      { readBreaker: () => TE.left({ _tag: "BreakersUnavailable", reason: "away" }) },
    ],
    ["the breaker is open", 60, [failedOf("firehoseUnavailable")], { readBreaker: () => TE.right(open) }],
  ])("changes nothing while %s", async (_, seconds, outcomes, given) => {
    const { guard, kept, recovered, logged } = scene(seconds, given);
    expect(await guard(outcomes)).toStrictEqual(outcomes);
    expect([kept, recovered, logged]).toStrictEqual([[], [], []]);
  });

  it("takes a sink for well that took one event of many", async () => {
    const outcomes = [failedOf("firehoseThrottled"), delivered(), failedOf("firehoseThrottled")];
    const { guard, kept, recovered } = scene(60);
    expect(await guard(outcomes)).toStrictEqual(outcomes);
    expect([kept, recovered]).toStrictEqual([[], [1]]);
    // The patience begins anew.
    expect(await guard([failedOf("firehoseThrottled")])).toMatchObject([{ _tag: "Failed" }]);
  });

  it("does not take it for well while the store of failed events is away, whatever is delivered", async () => {
    const outcomes = [delivered(), failedOf("s3Unavailable"), failedOf("firehoseThrottled")];
    const { guard, recovered, breaker } = scene(60);
    expect((await guard(outcomes)).map(({ _tag }) => _tag)).toStrictEqual(["Delivered", "Retrying", "Retrying"]);
    expect([recovered, await breaker()]).toStrictEqual([[], { ...open, reason: "s3Unavailable" }]);
  });

  it("opens the breaker without a canary where none can be stored, and leaves every event where it is", async () => {
    const outcomes = [failedOf("s3Unavailable")];
    const { guard, breaker, logged } = scene(60, {
      keepForRetry: () => TE.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" }),
    });
    expect(await guard(outcomes)).toStrictEqual(outcomes);
    const { canary: _, ...unnamed } = open;
    expect([await breaker(), logged]).toStrictEqual([
      { ...unnamed, reason: "s3Unavailable" },
      [
        { message: "the canary could not be stored", fields: { reason: "away" } },
        {
          message: "nothing gets through: the breaker of the sink is open",
          fields: { reason: "s3Unavailable" },
        },
      ],
    ]);
  });

  it.each([
    ["somebody else was faster", TE.right(false)],
    ["the table takes no breaker", TE.left({ _tag: "BreakersUnavailable", reason: "away" } as const)],
  ])("says nothing of a breaker that it did not open: %s", async (_, answer) => {
    const { guard, logged } = scene(60, { openBreaker: () => answer });
    expect(await guard([failedOf("firehoseRefused")])).toMatchObject([
      { _tag: "Retrying", failure: "firehoseRefused" },
    ]);
    expect(logged).toStrictEqual([]);
  });
});
