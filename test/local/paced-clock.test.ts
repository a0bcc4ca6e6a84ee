import { describe, expect, it } from "vitest";
import { pacedClock } from "../../local/paced-clock.ts";

const start = Date.UTC(2026, 0, 5, 9);
/** As far as the clock may be ahead of its pace, in milliseconds of the machine's. */
const beat = 11;

/** Lets a paced clock run until `isDone`, and stops it. */
const running = async (
  act: (given: ReturnType<typeof pacedClock>) => () => boolean,
): Promise<{ readonly passed: number; readonly real: number }> => {
  const given = pacedClock(start, 1);
  const began = performance.now();
  try {
    const isDone = act(given);
    await given.clock.runUntil(isDone);
    return { passed: given.clock.now() - start, real: performance.now() - began };
  } finally {
    given.clock.stop();
  }
};

describe("the paced clock", () => {
  it.each([1, 10, 60] as const)("is never ahead of %i times the machine's time", async (speed) => {
    const until = 150 * speed;
    const { passed, real } = await running(({ clock, pace }) => {
      pace.set(speed, true);
      return () => clock.now() - start >= until;
    });
    expect(passed).toBeGreaterThanOrEqual(until);
    expect(passed).toBeLessThanOrEqual((real + beat) * speed);
  });

  it("stands still while it is told to, and goes on from there", async () => {
    const seen: number[] = [];
    await running(({ clock, pace }) => {
      pace.set(10, false);
      let looks = 0;
      return () => {
        looks += 1;
        if (looks <= 5) seen.push(clock.now() - start);
        if (looks === 5) pace.set(10, true);
        return looks > 5 && clock.now() > start;
      };
    });
    expect(seen).toStrictEqual([0, 0, 0, 0, 0]);
  });

  it("runs timers in their order, each at its own time, whatever the speed", async () => {
    const order: [string, number][] = [];
    await running(({ clock, pace }) => {
      pace.set(60, true);
      for (const [name, after] of [
        ["late", 900],
        ["early", 20],
        ["middle", 400],
      ] as const)
        clock.after(after, () => void order.push([name, clock.now() - start]));
      return () => order.length === 3;
    });
    expect(order).toStrictEqual([
      ["early", 20],
      ["middle", 400],
      ["late", 900],
    ]);
  });
});
