import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { TransientFailure } from "../../src/event/failure.ts";
import { toFailedEvent } from "../../src/failed/failed-event.ts";
import { planRedrive } from "../../src/retry/plan-redrive.ts";
import type { WatchHours } from "../../src/time/watch-hours.ts";
import { message, queueEntryText, receivedAt } from "../support/builders.ts";
import { memoryBreakers } from "../support/memory/memory-breakers.ts";
import { memoryFailedEvents } from "../support/memory/memory-failed-events.ts";

const event = toFailedEvent(message(queueEntryText("c-1")), "unknown");

/** A table with one chunk of which so many attempts were claimed and none was settled. */
const scene = async (attempts: number, reason: TransientFailure = "unknown", isCanary = false) => {
  const failedEvents = memoryFailedEvents({ now: () => receivedAt });
  const breakers = memoryBreakers();
  await failedEvents.keepForRetry(reason, [event], receivedAt, { chunkId: "chunk", isCanary })();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await failedEvents.claimChunk({ chunkId: "chunk", attempt }, receivedAt)();
  }
  const warnings: string[] = [];
  const counted: Readonly<Record<string, number>>[] = [];
  const capabilities = {
    ...failedEvents,
    ...breakers,
    hasErrorObjects: TE.right(false),
    now: () => receivedAt + 60_000,
    info: () => () => undefined,
    warn: (text: string) => () => void warnings.push(text),
    count: (counts: Readonly<Record<string, number>>) => () => void counted.push(counts),
  };
  const plan = async (hours?: WatchHours) => {
    const planned = await planRedrive(hours)({ mapping: "Enabled" })(capabilities)();
    if (E.isLeft(planned)) throw new Error(planned.left.reason);
    return planned.right;
  };
  return { failedEvents, breakers, warnings, counted, plan };
};

describe("planRedrive", () => {
  it("starts a chunk that is due", async () => {
    const { plan, warnings } = await scene(299);
    expect((await plan()).chunks).toStrictEqual([{ chunkId: "chunk", attempt: 299, delaySeconds: 0 }]);
    expect(warnings).toStrictEqual([]);
  });

  it("parks a chunk that 300 executions have left unsettled, and starts it again when somebody brings it back", async () => {
    const { plan, failedEvents, warnings } = await scene(300);
    expect((await plan()).chunks).toStrictEqual([]);
    expect(failedEvents.chunks.get("chunk")).toMatchObject({ status: "parked", attempt: 300 });
    expect(warnings).toStrictEqual(["a failed chunk that nothing settles is parked"]);
    await failedEvents.unparkChunk("chunk", receivedAt)();
    expect((await plan()).chunks).toStrictEqual([{ chunkId: "chunk", attempt: 301, delaySeconds: 0 }]);
  });

  it.each([
    ["firehoseUnavailable", true],
    ["timeout", true],
    ["genesysUnavailable", false],
  ] as const)("holds the flow back while the canary is kept back by %s: %s", async (reason, isHeldBack) => {
    const { plan, breakers } = await scene(1, reason, true);
    await breakers.openBreaker({ name: "sink", openedAt: receivedAt, reason, by: "x", canary: "chunk" })();
    expect((await plan()).mapping).toBe(isHeldBack ? "pause" : "leave");
  });

  it("counts retries that died as failed: the next minute starts half as many", async () => {
    const { plan, breakers } = await scene(0);
    await breakers.beginMinute(40, 40)();
    for (let index = 0; index < 10; index += 1) await breakers.tallyRetry("delivered")();
    await plan();
    expect(await breakers.readTally()).toStrictEqual(E.right({ ceiling: 20, started: 1, delivered: 0, postponed: 0 }));
  });

  it("counts for how long no event has arrived, but not while the flow is held back, nor without hours", async () => {
    const { plan, breakers, counted } = await scene(0);
    const always = { zone: "UTC", from: 0, to: 0, days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] };
    const pause = { name: "operator", openedAt: receivedAt, reason: "maintenance", by: "me" } as const;
    await plan(always);
    await breakers.watchFrom(receivedAt - 90 * 60_000)();
    await breakers.noteArrival(receivedAt - 59 * 60_000)();
    await plan(always);
    await breakers.openBreaker(pause)();
    await plan(always);
    // Let go: what was not seen meanwhile is no silence.
    await breakers.closeBreaker(pause)();
    await plan(always);
    await plan();
    expect(counted.map(({ silentMinutes }) => silentMinutes)).toStrictEqual([0, 60, 0, 0, undefined]);
  });
});
