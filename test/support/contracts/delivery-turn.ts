import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import type { DeliveryTurn } from "../../../src/retry/ports.ts";
import { receivedAt as now } from "../builders.ts";

/** What every implementation of the port has to do. */
export const deliveryTurnContract = (create: () => Promise<DeliveryTurn> | DeliveryTurn): void => {
  it("is had by one at a time, until it ends by itself", async () => {
    const { takeTurn } = await create();
    const answers = [
      await takeTurn("one", now, now + 40_000)(),
      await takeTurn("two", now + 39_999, now + 80_000)(),
      // Not even whoever has it takes it again: it may be another invocation for the same chunk.
      await takeTurn("one", now + 39_999, now + 80_000)(),
      await takeTurn("two", now + 40_000, now + 80_000)(),
      await takeTurn("one", now + 40_000, now + 80_000)(),
    ];
    expect(answers).toStrictEqual([true, false, false, true, false].map(E.right));
  });

  it("is free for others when its owner has moved the end, and not before", async () => {
    const { takeTurn, moveTurnEnd } = await create();
    await takeTurn("one", now, now + 40_000)();
    const answers = [
      await moveTurnEnd("one", now + 2_000)(),
      await takeTurn("two", now + 1_999, now + 50_000)(),
      await takeTurn("two", now + 2_000, now + 50_000)(),
    ];
    expect(answers).toStrictEqual([true, false, true].map(E.right));
  });

  it("is not ended by somebody who does not have it any more", async () => {
    const { takeTurn, moveTurnEnd } = await create();
    await takeTurn("one", now, now + 1_000)();
    await takeTurn("two", now + 1_000, now + 50_000)();
    const answers = [await moveTurnEnd("one", now)(), await takeTurn("three", now + 1_000, now + 9_000)()];
    expect(answers).toStrictEqual([false, false].map(E.right));
  });

  it("is taken by one of many who ask at once", async () => {
    const { takeTurn } = await create();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => takeTurn(`owner-${index}`, now, now + 1_000)()),
    );
    expect(answers.filter((answer) => E.isRight(answer) && answer.right)).toHaveLength(1);
  });
};
