import { describe, expect, it } from "vitest";
import { type OutageName, outageFaults } from "../../../local/outages.ts";
import { switchOutage } from "../../../local/watch/controls.ts";
import { Guide, lastStep, type Seen, stepAfter, wantsOutage } from "../../../local/watch/guide.ts";
import { Watch } from "../../../local/watch/watch.ts";
import { devPlan, runLocally } from "../../support/local-run.ts";

const minute = 60_000;

const calm: Seen = {
  now: 10 * minute,
  reachedAt: [0],
  isFirehoseDown: false,
  isSinkOpen: false,
  isReading: true,
  canaryAttempt: 0,
  isCampaignOver: false,
  inFlight: 5,
};

describe("the steps of the guided outage", () => {
  it.each<[number, Partial<Seen>, number]>([
    [0, {}, 0],
    [0, { isFirehoseDown: true }, 1],
    [1, { isFirehoseDown: true }, 1],
    [1, { isFirehoseDown: true, isSinkOpen: true, isReading: false }, 2],
    [2, { isFirehoseDown: true, isSinkOpen: true }, 2],
    [2, { isFirehoseDown: true, isSinkOpen: true, isReading: false }, 3],
    [3, { canaryAttempt: 1, isFirehoseDown: true }, 3],
    [3, { canaryAttempt: 2, isFirehoseDown: true }, 4],
    [4, { isFirehoseDown: true }, 4],
    [4, {}, 5],
    [1, { isReading: false }, 5],
    [2, {}, 5],
    [5, { isSinkOpen: true }, 5],
    [5, { isReading: false }, 5],
    [5, {}, 6],
    [6, { inFlight: 0 }, 6],
    [6, { isCampaignOver: true }, 6],
    [6, { isCampaignOver: true, inFlight: 0 }, 7],
    [7, { isCampaignOver: true, inFlight: 0 }, 7],
  ])("after %i, with %j seen, stand at %i", (step, seen, expected) => {
    expect(stepAfter(step, { ...calm, ...seen })).toBe(expected);
  });

  it.each<[Partial<Seen>, boolean]>([
    [{ reachedAt: [] }, false],
    [{ reachedAt: [10 * minute - 119_999] }, false],
    [{ reachedAt: [8 * minute] }, true],
    [{ reachedAt: [0, 1] }, true],
    [{ reachedAt: [0, 0] }, false],
  ])("want Firehose away, with %j, is %s", (seen, expected) => {
    expect(wantsOutage({ ...calm, ...seen })).toBe(expected);
  });
});

describe("the guided outage", () => {
  it("goes through all its steps by what is seen in the cloud, and ends with everything accounted for", async () => {
    const active = new Set<OutageName>();
    let ended: unknown;
    const outages: unknown[] = [];
    const run = await runLocally([], {
      plan: await devPlan(),
      faults: (request) => outageFaults(active, () => Date.now())(request),
      beforeAudit: async (cloud) => {
        const watch: Watch = new Watch(cloud, {
          active,
          pace: () => null,
          guide: () => guide.frame(),
          malformedPercent: 2,
        });
        const guide = new Guide({
          cloud,
          perMinute: 90,
          switchOutage: (name, isOn) => switchOutage({ watch, active }, name, isOn),
          isDown: (name) => active.has(name),
          inFlight: (chunks) => watch.tally.inFlight(chunks),
        });
        const begun = cloud.clock.now();
        guide.start();
        await cloud.clock.runUntil(() => guide.frame().step === lastStep || cloud.clock.now() > begun + 90 * minute);
        const { ledger, outageLog, guide: told, map } = await watch.frame({ pointsAfter: 0 });
        ended = [told.step, told.reachedAt.length, ledger.missing, ledger.received > 300, map.queues];
        outages.push(...outageLog.map(({ name, from, to }) => [name, Math.round(((to ?? 0) - from) / minute)]));
      },
    });
    expect(ended).toStrictEqual([lastStep, lastStep + 1, 0, true, 200]);
    expect(outages).toStrictEqual([["firehose-down", 10]]);
    expect([run.differences, run.ledger.inFlight, active.size]).toStrictEqual([[], 0, 0]);
  });
});
