import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { FailureClass, PermanentFailure, TransientFailure } from "../event/failure.ts";
import type { Message } from "../event/message.ts";
import type { Outcome } from "../event/outcome.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import { type FailedEvent, failedChunkLimits, toFailedEvent } from "./failed-event.ts";
import type { ParkFailedEvents } from "./ports.ts";

/** A message that no retry can help, or that was retried for as long as it may be. */
export interface Hopeless {
  readonly message: Message;
  readonly reason: PermanentFailure | TransientFailure;
  readonly detail: string;
  readonly key?: string;
}

const lineOf = ({ message, reason, detail, key }: Hopeless): FailedEvent =>
  toFailedEvent(message, reason, {
    detail,
    ...(key === undefined ? {} : { key }),
    ...(reason === "sealed" ? { sealed: true } : {}),
  });

const chunked = chunksWithin<Hopeless>(failedChunkLimits, ({ message }) => Buffer.byteLength(message.body));

const byReason = (hopeless: ReadonlyArray<Hopeless>): ReadonlyMap<FailureClass, ReadonlyArray<Hopeless>> =>
  Map.groupBy(hopeless, ({ reason }) => reason);

/** Parks messages with their payload and reason. What could not be stored has failed and stays in the buffer. */
export const park =
  (hopeless: ReadonlyArray<Hopeless>): ReaderTask<ParkFailedEvents & Telemetry, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const outcomes: Outcome[] = [];
    for (const [reason, group] of byReason(hopeless)) {
      for (const chunk of chunked(group)) {
        const stored = await capabilities.park(reason, chunk.map(lineOf))();
        if (E.isLeft(stored)) capabilities.warn("events could not be parked", { reason: stored.left.reason })();
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
