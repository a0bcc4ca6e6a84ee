import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { TransientFailure } from "../event/failure.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { type Backoff, waitBefore } from "../time/backoff.ts";
import { type Clock, type Deadline, enoughMilliseconds, type Random } from "../time/ports.ts";
import type { DeliveryStream, StreamFailure } from "./ports.ts";

export type DeliverCapabilities = DeliveryStream & Clock & Random & Telemetry & Deadline;

/** Short: what does not pass within seconds is made durable elsewhere instead of holding a container. */
const backoff: Backoff = { firstMilliseconds: 200, longestMilliseconds: 3_200, tries: 5 };

const failureOf = (failure: StreamFailure): TransientFailure => {
  switch (failure._tag) {
    case "StreamThrottled":
      return "firehoseThrottled";
    case "StreamUnavailable":
      return "firehoseUnavailable";
    case "StreamRefused":
      return "firehoseRefused";
  }
};

/** Why lines were not taken, by their place in the list that was asked for. */
type NotTaken = ReadonlyMap<number, StreamFailure>;

const offer =
  (lines: ReadonlyArray<string>, places: ReadonlyArray<number>) =>
  async ({ putRecords }: DeliverCapabilities): Promise<NotTaken> => {
    const answer = await putRecords(places.map((place) => lines[place] ?? ""))();
    const notTaken = new Map<number, StreamFailure>();
    places.forEach((place, position) => {
      const failure = E.isLeft(answer) ? answer.left : answer.right[position];
      if (failure !== undefined) notTaken.set(place, failure);
    });
    return notTaken;
  };

/** An offer has to be answered, and what it leaves behind to be kept, before the invocation ends. */
export const isTooLate = ({ timeLeft, turnIn }: Pick<DeliverCapabilities, "timeLeft" | "turnIn">): boolean =>
  timeLeft() - turnIn(0) < enoughMilliseconds;

/** One line for each reason, however many records it kept back. */
const warnOf = (notTaken: NotTaken, { warn }: Telemetry): void => {
  for (const [reason, group] of Map.groupBy(notTaken.values(), (failure) => failure.reason)) {
    warn("Firehose did not take records", { reason, records: group.length })();
  }
};

/**
 * Hands lines that one call takes to Firehose, offering again only what it did not take. Answers, by place, why a line
 * did not get through; places that are absent were taken.
 */
export const deliver =
  (lines: ReadonlyArray<string>): ReaderTask<DeliverCapabilities, ReadonlyMap<number, TransientFailure>> =>
  (capabilities) =>
  async () => {
    let left: ReadonlyArray<number> = [...lines.keys()];
    let notTaken: NotTaken = new Map();
    for (let tried = 0; tried < backoff.tries && left.length > 0; tried += 1) {
      if (tried > 0 && isTooLate(capabilities)) break;
      await capabilities.sleep(waitBefore(backoff, tried, capabilities.random()))();
      notTaken = await offer(lines, left)(capabilities);
      left = [...notTaken.keys()];
    }
    warnOf(notTaken, capabilities);
    return new Map([...notTaken].map(([place, failure]) => [place, failureOf(failure)]));
  };
