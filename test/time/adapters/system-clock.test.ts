import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";

describe("systemClock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("wakes whoever sleeps once the time is over, and not before", async () => {
    const woken: number[] = [];
    const sleeping = systemClock
      .sleep(50)()
      .then(() => woken.push(systemClock.now()));
    await vi.advanceTimersByTimeAsync(49);
    expect(woken).toStrictEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await sleeping;
    expect(woken).toStrictEqual([1_050]);
  });

  it("does not wait for a timer to sleep for nothing", async () => {
    await systemClock.sleep(0)();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("draws from [0, 1)", () => {
    const drawn = Array.from({ length: 100 }, () => systemClock.random());
    expect(drawn.every((each) => each >= 0 && each < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(90);
  });
});
