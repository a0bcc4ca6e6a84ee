import * as TE from "fp-ts/lib/TaskEither.js";
import type { DeliveryTurn } from "../../../src/retry/ports.ts";
import type { Instant } from "../../../src/time/instant.ts";

/** The turn in memory; held to the contract of the table. */
export const memoryDeliveryTurn = (): DeliveryTurn => {
  let turn: { readonly owner: string; readonly endsAt: Instant } | undefined;
  return {
    takeTurn: (owner, now, end) =>
      TE.fromIO(() => {
        if (turn !== undefined && turn.endsAt > now) return false;
        turn = { owner, endsAt: end };
        return true;
      }),
    moveTurnEnd: (owner, end) =>
      TE.fromIO(() => {
        if (turn?.owner !== owner) return false;
        turn = { owner, endsAt: end };
        return true;
      }),
  };
};
