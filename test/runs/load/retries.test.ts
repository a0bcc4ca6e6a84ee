import { describe, expect, it } from "vitest";
import { toFailedEvent } from "../../../src/failed/failed-event.ts";
import { message, queueEntryText } from "../../support/builders.ts";
import { devPlan } from "../../support/local-run.ts";
import { withOutage } from "../../support/outage.ts";
import { isFull } from "../../support/setup/sized.ts";

const chunks = 1_000;
const hours = 26;
const minute = 60_000;

describe(`${chunks} chunks whose event Firehose refuses, each for itself, for ${hours} hours`, () => {
  // A minute of a machine's time, and in fewer hours the first attempts are the most. What one attempt waits is a property
  // of src/failed/failed-chunk.ts, tested with every push.
  it.runIf(isFull)(
    "are tried as the backoff says, in no minute more than twice as often as in the mean, and then delivered",
    async () => {
      let minutes = (): number => 0;
      const internal = { _tag: "StreamUnavailable", reason: "InternalFailure: no" } as const;
      const refuses = () => (minutes() < hours * 60 ? internal : undefined);
      await withOutage(await devPlan('floodgate:enrichment={"mode":"off"}'), { refuses }, async (scene) => {
        minutes = scene.minutes;
        const { cloud, wiring } = scene;
        for (let number = 0; number < chunks; number += 1) {
          const failed = toFailedEvent(
            { ...message(queueEntryText(`c-${number}`)), receivedAt: cloud.clock.now() },
            "unknown",
          );
          const dueAt = cloud.clock.now() + 30_000;
          await wiring.failedEvents.keepForRetry("firehoseUnavailable", [failed], dueAt)();
        }
        const seen = new Map([...wiring.failedEvents.chunks.values()].map((chunk) => [chunk.chunkId, chunk]));
        const early: string[] = [];
        const attempts: number[] = [];
        await scene.runUntil(() => {
          const now = cloud.clock.now();
          for (const chunk of wiring.failedEvents.chunks.values()) {
            const before = seen.get(chunk.chunkId);
            if (before === chunk) continue;
            if (chunk.attempt !== before?.attempt) {
              attempts.push(now);
              if (now < (before?.dueAt ?? 0)) early.push(chunk.chunkId);
            }
            seen.set(chunk.chunkId, chunk);
          }
          return scene.minutes() >= hours * 60 - 1;
        });
        expect(early).toStrictEqual([]);
        const byMinute = Map.groupBy(attempts, (at) => Math.floor(at / minute));
        const counts = [...byMinute.values()].map(({ length }) => length);
        const mean = counts.reduce((sum, count) => sum + count, 0) / (hours * 60);
        expect(Math.max(...counts)).toBeLessThanOrEqual(2 * mean);
        expect(wiring.failedEvents.chunks.size).toBe(chunks);
        await scene.runUntil(() => wiring.failedEvents.chunks.size === 0);
        expect(wiring.taken.messageIds.size).toBe(chunks);
      });
    },
    300_000,
  );
});
