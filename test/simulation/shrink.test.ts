import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shrink } from "../../local/simulation/shrink.ts";
import { drawSwarm, type Swarm } from "../../local/simulation/swarm.ts";

const swarm: Swarm = {
  ...drawSwarm(1, { variants: 1 }),
  minutes: 20,
  events: 60,
  faults: ["dynamodb-fails", "s3-slows-down", "process-dies"].map((kind) => ({
    kind,
    from: 0,
    until: 1_200_000,
    rate: 0.1,
  })),
  acts: [{ at: 1, does: "pause" }],
  deployments: [{ at: 1, variant: 0 }],
};

const sends = ({ events, only }: Swarm, event: number): boolean =>
  only === undefined ? event < events : only.includes(event);

describe("shrink", () => {
  it("keeps the events, the fault and the minutes that a failure needs, whatever they are, and no more", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 2 }),
        fc.constantFrom("dynamodb-fails", "s3-slows-down", "process-dies"),
        fc.integer({ min: 1, max: 20 }),
        async (events, fault, minutes) => {
          const small = await shrink(
            swarm,
            60,
            async (tried) =>
              events.every((event) => sends(tried, event)) &&
              tried.faults.some(({ kind }) => kind === fault) &&
              tried.minutes >= minutes,
          );
          expect(small.only?.toSorted((a, b) => a - b)).toStrictEqual(events.toSorted((a, b) => a - b));
          expect([small.faults.map(({ kind }) => kind), small.acts, small.deployments]).toStrictEqual([
            [fault],
            [],
            [],
          ]);
          expect(small.minutes).toBeGreaterThanOrEqual(minutes);
          expect(small.minutes).toBeLessThan(minutes * 2 + 1);
        },
      ),
    );
  });

  it("leaves a swarm as it is that fails in no smaller way", async () => {
    const small = await shrink(swarm, 60, async () => false);
    expect(small).toStrictEqual({ ...swarm, only: Array.from({ length: 60 }, (_, index) => index) });
  });
});
