import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Outcome, ToPark } from "../event/outcome.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { type FailedEvent, failedChunksOf, toFailedEvent } from "./failed-event.ts";
import type { ParkEvents } from "./ports.ts";

const lineOf = ({ message, failure, detail, key }: ToPark): FailedEvent =>
  toFailedEvent(message, failure, {
    detail,
    ...(key === undefined ? {} : { key }),
    ...(failure === "sealed" ? { sealed: true } : {}),
  });

const byFailure = (messages: ReadonlyArray<ToPark>) => Map.groupBy(messages, ({ failure }) => failure);

/** Parks messages with their payload and failure. What could not be stored has failed and stays in the buffer. */
export const parkMessages =
  (messages: ReadonlyArray<ToPark>): ReaderTask<ParkEvents & Telemetry, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const outcomes: Outcome[] = [];
    for (const [failure, group] of byFailure(messages)) {
      for (const chunk of failedChunksOf(group)) {
        const stored = await capabilities.parkEvents(failure, chunk.map(lineOf))();
        if (E.isLeft(stored)) capabilities.warn("events could not be parked", { reason: stored.left.reason })();
        for (const { message } of chunk) {
          outcomes.push(
            E.isLeft(stored)
              ? { _tag: "Failed", message, failure: stored.left.failure }
              : { _tag: "Parked", message, failure },
          );
        }
      }
    }
    return outcomes;
  };
