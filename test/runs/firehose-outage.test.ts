import { describe, expect, it } from "vitest";
import { queueId } from "../../local/genesys/organisation.ts";
import { envelope } from "../support/builders.ts";
import { devPlan } from "../support/local-run.ts";
import { mebibyte, type OutageScene, sendEvery, withOutage } from "../support/outage.ts";
import { sized } from "../support/setup/sized.ts";

const minute = 60_000;
const perMinute = sized(500, 200);
const outageMinutes = sized(3, 26) * 60;
const begin = 3;

const entry = (number: number, now: number): string =>
  envelope(
    "acd.start",
    { eventTime: now, conversationId: `c-${number}`, queueId: queueId(1 + (number % 9)), note: "x".repeat(700) },
    { id: `e-${number}` },
  );

/** What is looked at every half minute of the outage. */
interface Look {
  readonly minute: number;
  readonly isFlowing: boolean;
  readonly chunks: number;
  readonly canaries: number;
}

const watch = (scene: OutageScene): ReadonlyArray<Look> => {
  const looks: Look[] = [];
  const look = (): void => {
    const chunks = [...scene.wiring.failedEvents.chunks.values()];
    looks.push({
      minute: scene.minutes(),
      isFlowing: scene.cloud.mapping.enabled,
      chunks: chunks.length,
      canaries: chunks.filter(({ isCanary }) => isCanary).length,
    });
    scene.cloud.clock.after(minute / 2, look);
  };
  look();
  return looks;
};

const deadLetters = ({ cloud }: OutageScene): number =>
  [...cloud.buffers.values()]
    .filter(({ name }) => name.endsWith("dead-letters"))
    .reduce((sum, queue) => sum + queue.heldCount(), 0);

/** Bytes a second that the stream took in the middle half of the draining, as a share of its quota. */
const drainShare = ({ wiring, cloud }: OutageScene, seconds: number): number => {
  const first = Math.floor(cloud.clock.now() / 1000) - Math.floor(seconds * 0.75);
  const last = Math.floor(cloud.clock.now() / 1000) - Math.floor(seconds * 0.25);
  let bytes = 0;
  for (let second = first; second < last; second += 1) bytes += wiring.taken.bytesBySecond.get(second) ?? 0;
  return bytes / (last - first) / mebibyte;
};

describe(`a Firehose that is down for ${outageMinutes / 60} hours`, () => {
  it("costs nothing but time: the buffer holds the flow, one canary a minute tries, and all of it arrives", async () => {
    const plan = await devPlan('floodgate:enrichment={"mode":"off"}');
    let minutes = (): number => 0;
    const isDown = (): boolean => minutes() >= begin && minutes() < begin + outageMinutes;
    const outage = () =>
      isDown() ? ({ _tag: "StreamUnavailable", reason: "InternalServerError: down" } as const) : undefined;
    await withOutage(plan, { outage }, async (scene) => {
      minutes = scene.minutes;
      let number = 0;
      sendEvery(scene, minute / 4, (begin + outageMinutes) * 4, (_, now) =>
        Array.from({ length: perMinute / 4 }, () => {
          number += 1;
          return entry(number, now);
        }),
      );
      const looks = watch(scene);
      const { cloud, wiring } = scene;
      await scene.runUntil(() => scene.minutes() > begin + outageMinutes);
      const during = looks.filter(({ minute: at }) => at > begin + 2 && at < begin + outageMinutes);
      expect(during.filter(({ isFlowing }) => isFlowing)).toStrictEqual([]);
      expect(during.filter(({ chunks, canaries }) => chunks !== 1 || canaries !== 1)).toStrictEqual([]);
      const attempts = cloud.machines.executions.filter(({ machine }) => machine === "retry-failed-events");
      const byMinute = Map.groupBy(attempts, ({ startedAt }) => Math.floor(startedAt / minute));
      expect(Math.max(...[...byMinute.values()].map(({ length }) => length))).toBe(1);
      expect(attempts.length).toBeGreaterThan(outageMinutes * 0.9);

      const before = { offered: wiring.taken.offered, throttled: wiring.taken.throttled, at: scene.minutes() };
      await scene.runUntil(() => wiring.taken.messageIds.size === cloud.mapping.buffer.accepted.size);
      const drained = (scene.minutes() - before.at) * 60;
      await scene.runUntil(() => cloud.machines.running() === 0 && cloud.mapping.buffer.heldCount() === 0);
      const received = [...cloud.mapping.buffer.accepted.keys()].toSorted();
      expect([...wiring.taken.messageIds.keys()].toSorted()).toStrictEqual(received);
      expect(received).toHaveLength(number);
      expect(wiring.failedEvents.chunks.size).toBe(0);
      expect(deadLetters(scene)).toBe(0);
      // The middle of the draining, without its first and last quarter: three quarters of the quota, less what containers
      // that come and go leave of their parts.
      const share = drainShare(scene, drained);
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(0.85);
      const throttled = (wiring.taken.throttled - before.throttled) / (wiring.taken.offered - before.offered);
      expect(throttled).toBeLessThan(0.01);
    });
  }, 180_000);
});
