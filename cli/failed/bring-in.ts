import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { firehoseDeliveryStream } from "../../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../../src/delivery/adapters/paced-stream.ts";
import { deliver, isTooLate } from "../../src/delivery/deliver.ts";
import { inTurn } from "../../src/retry/delivery-turn.ts";
import { chunksWithin } from "../../src/text/chunks-within.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { answerOf, type Stack } from "../stack/stack.ts";

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
 * Answers, by place, which were refused at each of five offers; `onWait` is told while a retry has the turn.
 */
export const bringIn = (
  { firehose, outputs, deliveryTurn }: Stack,
  owner: string,
  onWait: () => void,
): ((lines: ReadonlyArray<string>) => Promise<ReadonlySet<number>>) => {
  const bytesPerSecond = outputs.retryBytesPerSecond;
  const paced = pacedStream(firehoseDeliveryStream(firehose, outputs.deliveryStreamName), bytesPerSecond, systemClock);
  const perTurn = chunksWithin<Placed>(
    { count: Number.POSITIVE_INFINITY, bytes: bytesPerSecond * secondsOfTurn },
    bytesOf,
  );
  const perCall = chunksWithin<Placed>(paced.limits, bytesOf);

  /** Undefined: somebody else has the turn. */
  const offerInTurn = (placed: ReadonlyArray<Placed>): Promise<ReadonlyArray<number> | undefined> => {
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
    return answerOf(inTurn(owner, (hasTurn) => () => TE.fromTask(hasTurn ? offerAll : T.of(undefined)))(capabilities));
  };

  return async (lines) => {
    const refused = new Set<number>();
    for (const placed of perTurn([...lines.entries()])) {
      let places = await offerInTurn(placed);
      for (; places === undefined; places = await offerInTurn(placed)) {
        onWait();
        await systemClock.sleep(lookEvery)();
      }
      for (const place of places) refused.add(place);
    }
    return refused;
  };
};
