import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import type { DeliveryStream } from "../delivery/ports.ts";
import type { Clock, Deadline } from "../time/ports.ts";
import type { DeliveryTurn, DeliveryTurnUnavailable } from "./ports.ts";

export type TurnCapabilities = DeliveryTurn & Deadline & Pick<Clock, "now"> & Pick<DeliveryStream, "turnIn">;

/**
 * Runs a step that delivers beside the batch processor, and tells it whether it has the turn. The turn lasts as long as the
 * invocation can, so that whoever dies holds up the others no longer than that. It ends when the last bytes are paid for,
 * not before: whoever comes next begins with a clean account of its own.
 */
export const inTurn =
  <R, Failure, A>(
    owner: string,
    step: (hasTurn: boolean) => ReaderTaskEither<R & TurnCapabilities, Failure, A>,
  ): ReaderTaskEither<R & TurnCapabilities, Failure | DeliveryTurnUnavailable, A> =>
  (capabilities) =>
  async () => {
    const { takeTurn, moveTurnEnd, now, timeLeft, turnIn } = capabilities;
    const taken = await takeTurn(owner, now(), now() + timeLeft())();
    if (E.isLeft(taken)) return taken;
    const answer = await step(taken.right)(capabilities)();
    // One whose end cannot be moved ends by itself.
    if (taken.right) await moveTurnEnd(owner, now() + Math.ceil(turnIn(0)))();
    return answer;
  };
