import { describe, expect, it } from "vitest";
import { Rates, type Totals } from "../../../../local/watch/counting/rates.ts";

const totals = (at: number, count: number): Totals => ({
  at,
  received: count,
  read: count,
  handed: count,
  delivered: count,
  aside: count,
  duplicates: count,
  parked: count,
  kept: count,
});
const levels = { buffer: 1, firehose: 2, retrying: 3 };

/** So many events in every second up to the last. */
const over = (seconds: number, count: (second: number) => number): Rates => {
  const rates = new Rates();
  for (let second = 0; second <= seconds; second += 1) rates.add(totals(second * 1_000, count(second)), levels);
  return rates;
};

describe("Rates", () => {
  it("are none before there are two moments", () => {
    expect([new Rates().perSecond().received, over(0, () => 7).perSecond().received]).toStrictEqual([0, 0]);
  });

  it("are the mean of five seconds, and behind Firehose, which delivers in bursts, of a minute", () => {
    const burst = over(120, (second) => (second < 118 ? 0 : 300));
    expect(burst.perSecond()).toStrictEqual({
      received: 60,
      read: 60,
      handed: 60,
      delivered: 5,
      aside: 5,
      duplicates: 60,
      parked: 60,
      kept: 60,
    });
  });

  it("are not below zero when a count goes down", () => {
    expect(over(10, (second) => 100 - second).perSecond().parked).toBe(0);
  });

  it("make a point of the chart every five seconds, and keep those of a quarter of an hour", () => {
    const rates = over(1_000, (second) => second * 2);
    const points = rates.pointsAfter(0);
    expect([points.length, points[0]?.at, points.at(-1)]).toStrictEqual([
      180,
      105_000,
      { at: 1_000_000, received: 2, delivered: 2, setAside: 2, ...levels },
    ]);
    expect(rates.pointsAfter(990_000).map(({ at }) => at)).toStrictEqual([995_000, 1_000_000]);
  });
});
