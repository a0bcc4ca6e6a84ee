import { DeleteMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Task } from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type AwsEnvironment, settingsOf } from "../../aws/adapters/aws-clients.ts";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { chunksWithin } from "../../text/chunks-within.ts";

const perCall = chunksWithin<string>({ count: 10, bytes: Number.POSITIVE_INFINITY }, () => 0);

/** Deletes messages by their receipt handles. One that stays is handed out again, and recognised as delivered. */
export const sqsBuffer = (
  environment: AwsEnvironment,
  queueUrl: string,
): { readonly acknowledge: (receiptHandles: ReadonlyArray<string>) => Task<void> } => {
  const client = new SQSClient({
    ...settingsOf(environment),
    useQueueUrlAsEndpoint: environment.AWS_ENDPOINT_URL === undefined,
  });
  return {
    acknowledge: (receiptHandles) => async () => {
      for (const chunk of perCall(receiptHandles)) {
        const Entries = chunk.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries });
        // What could not be deleted comes back, so there is nothing to decide here.
        await TE.tryCatch(() => client.send(command), describeError)();
      }
    },
  };
};
