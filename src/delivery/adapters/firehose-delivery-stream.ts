import { type FirehoseClient, PutRecordBatchCommand, type PutRecordBatchCommandOutput } from "@aws-sdk/client-firehose";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { type DeliveryStream, type StreamFailure, streamLimits } from "../ports.ts";

const throttled = new Set(["ServiceUnavailableException", "LimitExceededException", "ThrottlingException"]);
const refused = new Set([
  "ResourceNotFoundException",
  "InvalidArgumentException",
  "InvalidKMSResourceException",
  "AccessDeniedException",
]);

const tagOf = (code: string): StreamFailure["_tag"] => {
  if (throttled.has(code)) return "StreamThrottled";
  return refused.has(code) ? "StreamRefused" : "StreamUnavailable";
};

const toFailure = (error: unknown): StreamFailure => {
  const { name, reason } = describeError(error);
  return { _tag: tagOf(name), reason };
};

/** A 200 with failed entries is normal; answers come in the order of the records, failures with an ErrorCode. */
const resultsOf = (count: number, output: PutRecordBatchCommandOutput): ReadonlyArray<StreamFailure | undefined> => {
  const responses = output.RequestResponses ?? [];
  return Array.from({ length: count }, (_, index) => {
    const response = responses[index];
    if (response === undefined) return { _tag: "StreamUnavailable", reason: "no answer for this record" };
    if (response.ErrorCode === undefined) return undefined;
    return { _tag: tagOf(response.ErrorCode), reason: `${response.ErrorCode}: ${response.ErrorMessage ?? ""}` };
  });
};

export const firehoseDeliveryStream = (client: FirehoseClient, name: string): DeliveryStream => ({
  limits: streamLimits,
  turnIn: () => 0,
  putRecords: (records) =>
    pipe(
      TE.tryCatch(
        () =>
          client.send(
            new PutRecordBatchCommand({
              DeliveryStreamName: name,
              Records: records.map((record) => ({ Data: Buffer.from(record) })),
            }),
          ),
        toFailure,
      ),
      TE.map((output) => resultsOf(records.length, output)),
    ),
});
