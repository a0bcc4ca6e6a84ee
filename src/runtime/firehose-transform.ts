import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as t from "io-ts";
import type { TransformedRecord } from "../domain/transformed-record.ts";
import type { StreamRecord } from "../steps/transform-records.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";

const FirehoseEvent = t.type(
  {
    records: t.array(t.type({ recordId: t.string, data: t.string, approximateArrivalTimestamp: t.number })),
  },
  "FirehoseEvent",
);

/** Runs a step on Firehose batches; one answer for each recordId, or the invocation fails as a whole. */
export const firehoseTransform =
  <R>(step: (records: ReadonlyArray<StreamRecord>) => ReaderTask<R, ReadonlyArray<TransformedRecord>>) =>
  (capabilities: R): LambdaHandler =>
  async (event) => ({ records: await step(decodeOrThrow(FirehoseEvent, event).records)(capabilities)() });
