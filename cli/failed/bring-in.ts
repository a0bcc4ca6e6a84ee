import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { firehoseDeliveryStream } from "../../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../../src/delivery/adapters/paced-stream.ts";
import { deliver, isTooLate } from "../../src/delivery/deliver.ts";
import { inTurn } from "../../src/retry/delivery-turn.ts";
import type { DeliveryTurnUnavailable } from "../../src/retry/ports.ts";
import { chunksWithin } from "../../src/text/chunks-within.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import type { Stack } from "../stack/stack.ts";

/** Long enough to be worth the wait for a turn, short enough for retries to wait for it. */
const secondsOfTurn = 10;
/** One that was killed holds up retries no longer than this: its turn, the repetitions of a call, and a margin. */
const turnLasts = 40_000;
const lookEvery = 1_000;

const silent = { info: () => () => undefined, warn: () => () => undefined, count: () => () => undefined };

type Placed = readonly [place: number, line: string];
const bytesOf = ([, line]: Placed): number => Buffer.byteLength(line);

/**
 * Hands lines to Firehose in the pace that the stack keeps for bringing events back, taking turns with its retries.
 * Answers, by place, which were refused at each of five offers; `onWait` is told while a retry has the turn, `onFailure`
 * why what is left was not offered at all. It never rejects: whoever calls has to know what is in Firehose already.
 */
export const bringIn = (
  { firehose, outputs, deliveryTurn }: Stack,
  owner: string,
  onWait: () => void,
  onFailure: (reason: string) => void,
): ((lines: ReadonlyArray<string>) => Promise<ReadonlySet<number>>) => {
  const bytesPerSecond = outputs.retryBytesPerSecond;
  const paced = pacedStream(firehoseDeliveryStream(firehose, outputs.deliveryStreamName), bytesPerSecond, systemClock);
  const perTurn = chunksWithin<Placed>(
    { count: Number.POSITIVE_INFINITY, bytes: bytesPerSecond * secondsOfTurn },
    bytesOf,
  );
  const perCall = chunksWithin<Placed>(paced.limits, bytesOf);

  /** Right(undefined): somebody else has the turn. Left: nobody knows whose it is. */
  const offerInTurn = (
    placed: ReadonlyArray<Placed>,
  ): Promise<E.Either<DeliveryTurnUnavailable, ReadonlyArray<number> | undefined>> => {
    const end = systemClock.now() + turnLasts;
    const capabilities = {
      ...systemClock,
      ...silent,
      ...paced,
      ...deliveryTurn,
      timeLeft: () => end - systemClock.now(),
    };
    const offerAll = async (): Promise<ReadonlyArray<number>> => {
      const refused: number[] = [];
      for (const call of perCall(placed)) {
        // The rest of a turn that ends stays where it is, as what was refused does.
        const notTaken = isTooLate(capabilities)
          ? undefined
          : await deliver(call.map(([, line]) => line))(capabilities)();
        refused.push(...call.filter((_, position) => notTaken?.has(position) !== false).map(([place]) => place));
      }
      return refused;
    };
    return inTurn(owner, (hasTurn) => () => TE.fromTask(hasTurn ? offerAll : T.of(undefined)))(capabilities)();
  };

  return async (lines) => {
    const left = new Set(lines.keys());
    for (const placed of perTurn([...lines.entries()])) {
      let answer = await offerInTurn(placed);
      for (; E.isRight(answer) && answer.right === undefined; answer = await offerInTurn(placed)) {
        onWait();
        await systemClock.sleep(lookEvery)();
      }
      if (E.isLeft(answer)) {
        onFailure(answer.left.reason);
        return left;
      }
      const refused = new Set(answer.right);
      for (const [place] of placed) if (!refused.has(place)) left.delete(place);
    }
    return left;
  };
};
