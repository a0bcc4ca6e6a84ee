import { describe, expect, it } from "vitest";
import { unavailable } from "../../local/genesys/local-genesys.ts";
import { organisation, queueId, userId } from "../../local/genesys/organisation.ts";
import { envelope } from "../support/builders.ts";
import { devPlan } from "../support/local-run.ts";
import { sendEvery, withOutage } from "../support/outage.ts";
import { sized } from "../support/setup/sized.ts";

const minute = 60_000;
const perMinute = sized(3_000, 10_000);
const outageMinutes = sized(15, 30);
const begin = 1;
const users = 20_000;

/** One event in four names a user, of so many that caches know few of them. */
const event = (number: number, now: number): string =>
  number % 4 === 0
    ? envelope(
        "user.start",
        { eventTime: now, conversationId: `c-${number}`, userId: userId(1 + (number % users)) },
        { id: `e-${number}` },
      )
    : envelope(
        "acd.start",
        { eventTime: now, conversationId: `c-${number}`, queueId: queueId(1 + (number % 9)) },
        { id: `e-${number}` },
      );

describe(`a Genesys that is down for ${outageMinutes} minutes of a campaign`, () => {
  it("delays only what needs a name, is left alone meanwhile, and is not overrun afterwards", async () => {
    await withOutage(await devPlan(), {}, async (scene) => {
      const { cloud, wiring } = scene;
      const { genesys, mapping } = cloud;
      genesys.organisation = organisation(200, users);
      const requests: number[] = [];
      genesys.fault = (_, now) => {
        requests.push(now);
        return scene.minutes() >= begin && scene.minutes() < begin + outageMinutes ? unavailable() : undefined;
      };
      const started = cloud.clock.now();
      let number = 0;
      const turns = (begin + outageMinutes) * 60;
      sendEvery(scene, 1000, turns, (_, now) =>
        Array.from({ length: Math.floor((perMinute * (number === 0 ? 1 : 1)) / 60) }, () => {
          number += 1;
          return event(number, now);
        }),
      );
      let pauses = 0;
      const look = (): void => {
        if (!mapping.enabled) pauses += 1;
        cloud.clock.after(10_000, look);
      };
      look();
      await scene.runUntil(() => scene.minutes() >= begin + outageMinutes);
      const parkedOrSlow = wiring.failedEvents.chunks.size;
      expect(parkedOrSlow).toBeGreaterThan(50);
      const byMinute = Map.groupBy(requests, (at) => Math.floor((at - started) / minute));
      const during = Array.from(
        { length: outageMinutes - 2 },
        (_, index) => byMinute.get(begin + 1 + index)?.length ?? 0,
      );
      expect(Math.max(...during)).toBeLessThan(20);

      await scene.runUntil(() => wiring.taken.messageIds.size === mapping.buffer.accepted.size);
      const minutesToDrain = scene.minutes() - begin - outageMinutes;
      expect(minutesToDrain).toBeLessThan(30);
      await scene.runUntil(() => wiring.failedEvents.chunks.size === 0 && cloud.machines.running() === 0);
      expect([...wiring.taken.messageIds.keys()].toSorted()).toStrictEqual(
        [...mapping.buffer.accepted.keys()].toSorted(),
      );
      expect([...wiring.taken.messageIds.values()].filter((times) => times > 1)).toStrictEqual([]);
      expect([pauses, genesys.counts.rateLimited, genesys.counts.tooEarly]).toStrictEqual([0, 0, 0]);
      expect(genesys.counts.busiestTokenMinute).toBeLessThanOrEqual(300);
      expect(genesys.counts.busiestMinute).toBeLessThanOrEqual(3_000);
    });
  }, 240_000);
});
