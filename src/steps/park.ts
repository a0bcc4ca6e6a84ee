import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { chunksWithin } from "../domain/chunks-within.ts";
import { type FailedEvent, failedChunkLimits } from "../domain/failed-event.ts";
import type { PermanentFailure } from "../domain/failure.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { FailedEvents } from "../ports/failed-events.ts";

/** A message that no retry can help. */
export interface Hopeless {
  readonly message: Message;
  readonly reason: PermanentFailure;
  readonly detail: string;
  readonly key?: string;
}

const lineOf = ({ message, reason, detail, key }: Hopeless): FailedEvent => ({
  v: 1,
  messageId: message.messageId,
  receivedAt: message.receivedAt,
  reason,
  attempts: message.receiveCount,
  body: message.body,
  detail,
  ...(key === undefined ? {} : { key }),
});

const chunked = chunksWithin<Hopeless>(failedChunkLimits, ({ message }) => Buffer.byteLength(message.body));

const byReason = (hopeless: ReadonlyArray<Hopeless>): ReadonlyMap<PermanentFailure, ReadonlyArray<Hopeless>> =>
  Map.groupBy(hopeless, ({ reason }) => reason);

/** Parks messages with their payload and reason. What could not be stored has failed and stays in the buffer. */
export const park =
  (hopeless: ReadonlyArray<Hopeless>): ReaderTask<FailedEvents, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const outcomes: Outcome[] = [];
    for (const [reason, group] of byReason(hopeless)) {
      for (const chunk of chunked(group)) {
        const stored = await capabilities.park(reason, chunk.map(lineOf))();
        for (const { message } of chunk) {
          const { messageId } = message;
          outcomes.push(
            E.isLeft(stored)
              ? { _tag: "Failed", messageId, failure: stored.left.failure }
              : { _tag: "Parked", messageId, reason },
          );
        }
      }
    }
    return outcomes;
  };
