import { describe, expect, it } from "vitest";
import { remembering } from "../../src/text/remembering.ts";

describe("remembering", () => {
  const counted = () => {
    const asked: number[] = [];
    const double = remembering((key: number): number => {
      asked.push(key);
      return key * 2;
    });
    return { asked, double };
  };

  it("asks once for each key", () => {
    const { asked, double } = counted();
    expect([1, 2, 1, 2, 1].map(double)).toStrictEqual([2, 4, 2, 4, 2]);
    expect(asked).toStrictEqual([1, 2]);
  });

  it("remembers 20,000 keys, and asks each time for any other", () => {
    const { asked, double } = counted();
    for (let key = 0; key <= 20_000; key += 1) double(key);
    asked.length = 0;
    expect([0, 19_999, 20_000, 20_000].map(double)).toStrictEqual([0, 39_998, 40_000, 40_000]);
    expect(asked).toStrictEqual([20_000, 20_000]);
  });
});
