import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksWithin } from "../../src/text/chunks-within.ts";

describe("chunksWithin", () => {
  it("keeps every item, in order, and every chunk within the limits unless one item alone is over", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), (sizes) => {
        const chunks = chunksWithin<number>({ count: 5, bytes: 50 }, (size) => size)(sizes);
        expect(chunks.flat()).toStrictEqual(sizes);
        for (const chunk of chunks) {
          const bytes = chunk.reduce((sum, size) => sum + size, 0);
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(5);
          expect(bytes <= 50 || chunk.length === 1).toBe(true);
        }
      }),
    );
  });

  it.each([
    [
      [10, 10, 10],
      [[10, 10], [10]],
    ],
    [[15, 10], [[15, 10]]],
    [
      [15, 11],
      [[15], [11]],
    ],
    [
      [30, 1, 40],
      [[30], [1], [40]],
    ],
    [[], []],
  ])("cuts %j, of two items or 25 bytes at most, into %j", (sizes, chunks) => {
    expect(chunksWithin<number>({ count: 2, bytes: 25 }, (size) => size)(sizes)).toStrictEqual(chunks);
  });
});
