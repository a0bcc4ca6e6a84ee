import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { TransientFailure } from "../event/failure.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { chunksWithin } from "../text/chunks-within.ts";
import { type Backoff, waitBefore } from "../time/backoff.ts";
import { type Deadline, enoughMilliseconds } from "../time/deadline.ts";
import type { Clock, Random } from "../time/ports.ts";
import type { DeliveryStream, StreamFailure } from "./delivery-stream.ts";

export type DeliverCapabilities = DeliveryStream & Clock & Random & Telemetry & Deadline;

/** A line on its way, with its place in the list that was asked for. */
interface Pending {
  readonly index: number;
  readonly line: string;
}

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

interface NotTaken {
  readonly failure: TransientFailure;
  readonly reason: string;
}

type ByIndex<A> = ReadonlyMap<number, A>;

const offer =
  (chunk: ReadonlyArray<Pending>) =>
  async (capabilities: DeliverCapabilities): Promise<ByIndex<NotTaken>> => {
    const answer = await capabilities.putRecords(chunk.map(({ line }) => line))();
    const notTaken = new Map<number, NotTaken>();
    chunk.forEach(({ index }, position) => {
      const failure = E.isLeft(answer) ? answer.left : answer.right[position];
      if (failure !== undefined) notTaken.set(index, { failure: failureOf(failure), reason: failure.reason });
    });
    return notTaken;
  };

const offerUntilTaken =
  (chunk: ReadonlyArray<Pending>) =>
  async (capabilities: DeliverCapabilities): Promise<ByIndex<NotTaken>> => {
    let left = chunk;
    let notTaken: ByIndex<NotTaken> = new Map();
    for (let attempt = 0; attempt < backoff.tries && left.length > 0; attempt += 1) {
      if (attempt > 0 && capabilities.timeLeft() - capabilities.turnIn() < enoughMilliseconds) break;
      await capabilities.sleep(waitBefore(backoff, attempt, capabilities.random()))();
      notTaken = await offer(left)(capabilities);
      left = left.filter(({ index }) => notTaken.has(index));
    }
    return notTaken;
  };

/** One line for each reason, however many records it kept back. */
const warnOf = (notTaken: ByIndex<NotTaken>, { warn }: Telemetry): void => {
  for (const [reason, group] of Map.groupBy(notTaken.values(), (each) => each.reason)) {
    warn("Firehose did not take records", { reason, records: group.length })();
  }
};

const bytesOf = ({ line }: Pending): number => Buffer.byteLength(line);

/**
 * Hands lines to Firehose, offering again only what it did not take. Answers, by position, why a line did not get
 * through; positions that are absent were taken.
 */
export const deliver =
  (lines: ReadonlyArray<string>): ReaderTask<DeliverCapabilities, ByIndex<TransientFailure>> =>
  (capabilities) =>
  async () => {
    const failures = new Map<number, TransientFailure>();
    const chunked = chunksWithin(capabilities.limits, bytesOf);
    for (const chunk of chunked(lines.map((line, index) => ({ index, line })))) {
      const notTaken = await offerUntilTaken(chunk)(capabilities);
      for (const [index, { failure }] of notTaken) failures.set(index, failure);
      warnOf(notTaken, capabilities);
    }
    return failures;
  };
