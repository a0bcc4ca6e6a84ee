import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import * as t from "io-ts";
import type { StreamRecord, TransformedRecord } from "../transform/transform-records.ts";
import { decodeOrThrow } from "./decode-or-throw.ts";
import type { LambdaHandler } from "./lambda.ts";
import { TaskError } from "./task-error.ts";

const FirehoseEvent = t.type(
  {
    records: t.array(t.type({ recordId: t.string, data: t.string, approximateArrivalTimestamp: t.number })),
  },
  "FirehoseEvent",
);

/** Runs a step on Firehose batches; one answer for each recordId, or the invocation fails as a whole. */
export const firehoseTransform =
  <R>(
    step: (
      records: ReadonlyArray<StreamRecord>,
    ) => ReaderTaskEither<R, { readonly _tag: string; readonly reason: string }, ReadonlyArray<TransformedRecord>>,
  ) =>
  (capabilities: R): LambdaHandler =>
  async (event) => {
    const answers = await step(decodeOrThrow(FirehoseEvent, event).records)(capabilities)();
    if (E.isRight(answers)) return { records: answers.right };
    throw new TaskError(answers.left._tag, answers.left.reason);
  };
