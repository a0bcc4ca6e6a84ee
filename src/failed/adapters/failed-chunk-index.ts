import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describeError } from "../../aws/adapters/aws-error.ts";
import type { FailedChunk } from "../failed-chunk.ts";
import type { FailedEventsUnavailable } from "../ports.ts";
import { readChunkItem } from "./failed-chunk-item.ts";

export interface FailedEventsPlace {
  readonly bucket: string;
  readonly table: string;
}

export interface FailedEventsClients {
  readonly s3: S3Client;
  readonly dynamoDb: DynamoDBClient;
}

/** A call of the index; whatever goes wrong may pass. */
export const inTable = <A>(call: () => Promise<A>): TE.TaskEither<FailedEventsUnavailable, A> =>
  TE.tryCatch(call, (error) => ({
    _tag: "FailedEventsUnavailable",
    failure: "dynamodbUnavailable",
    reason: describeError(error).reason,
  }));

/** The index of failed chunks: one item each in the table `failed-events`. */
export const failedChunkIndex = ({ dynamoDb }: FailedEventsClients, { table }: FailedEventsPlace) => {
  const keyOf = (chunkId: string) => ({ TableName: table, Key: { chunkId: { S: chunkId } } });
  return {
    keyOf,
    find: (chunkId: string): TE.TaskEither<FailedEventsUnavailable, FailedChunk | undefined> =>
      inTable(async () => {
        const { Item } = await dynamoDb.send(new GetItemCommand({ ...keyOf(chunkId), ConsistentRead: true }));
        return Item === undefined ? undefined : readChunkItem(Item);
      }),
  };
};
