import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { type Backoff, waitBefore } from "../domain/backoff.ts";
import { chunksWithin } from "../domain/chunks-within.ts";
import type { TransientFailure } from "../domain/failure.ts";
import type { Clock, Random } from "../ports/clock.ts";
import { type DeliveryStream, type StreamFailure, streamLimits } from "../ports/delivery-stream.ts";

export type DeliverCapabilities = DeliveryStream & Clock & Random;

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

interface Offer {
  readonly left: ReadonlyArray<Pending>;
  readonly failures: ReadonlyMap<number, TransientFailure>;
}

const offer =
  (chunk: ReadonlyArray<Pending>) =>
  async (capabilities: DeliverCapabilities): Promise<Offer> => {
    const answer = await capabilities.putRecords(chunk.map(({ line }) => line))();
    const failures = new Map<number, TransientFailure>();
    chunk.forEach(({ index }, position) => {
      const failure = E.isLeft(answer) ? answer.left : answer.right[position];
      if (failure !== undefined) failures.set(index, failureOf(failure));
    });
    return { left: chunk.filter(({ index }) => failures.has(index)), failures };
  };

const offerUntilTaken =
  (chunk: ReadonlyArray<Pending>) =>
  async (capabilities: DeliverCapabilities): Promise<ReadonlyMap<number, TransientFailure>> => {
    let current: Offer = { left: chunk, failures: new Map() };
    for (let attempt = 0; attempt < backoff.tries && current.left.length > 0; attempt += 1) {
      await capabilities.sleep(waitBefore(backoff, attempt, capabilities.random()))();
      current = await offer(current.left)(capabilities);
    }
    return current.failures;
  };

const chunked = chunksWithin<Pending>(streamLimits, ({ line }) => Buffer.byteLength(line));

/**
 * Hands lines to Firehose, offering again only what it did not take. Answers, by position, why a line did not get
 * through; positions that are absent were taken.
 */
export const deliver =
  (lines: ReadonlyArray<string>): ReaderTask<DeliverCapabilities, ReadonlyMap<number, TransientFailure>> =>
  (capabilities) =>
  async () => {
    const failures = new Map<number, TransientFailure>();
    for (const chunk of chunked(lines.map((line, index) => ({ index, line })))) {
      for (const [index, failure] of await offerUntilTaken(chunk)(capabilities)) failures.set(index, failure);
    }
    return failures;
  };
