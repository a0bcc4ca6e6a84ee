import { queryAll } from "../../src/aws/adapters/query-all.ts";
import { type FailureClass, failureClasses } from "../../src/event/failure.ts";
import { readChunkItem } from "../../src/failed/adapters/failed-chunk-item.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import type { Stack } from "../stack/stack.ts";

const chunksOfFailure = async (
  { dynamoDb, outputs }: Stack,
  failure: FailureClass,
): Promise<ReadonlyArray<FailedChunk>> => {
  const items = await queryAll(
    { dynamoDb, table: outputs.failedEventsTable },
    {
      IndexName: "byReason",
      KeyConditionExpression: "reason = :reason",
      ExpressionAttributeValues: { ":reason": { S: failure } },
    },
  );
  return items.flatMap((item) => readChunkItem(item) ?? []);
};

/** All failed chunks of the given classes, oldest first. */
export const listFailedChunks = async (
  stack: Stack,
  failures: ReadonlyArray<FailureClass> = failureClasses,
): Promise<ReadonlyArray<FailedChunk>> => {
  const groups = await Promise.all(failures.map((failure) => chunksOfFailure(stack, failure)));
  return groups.flat().toSorted((a, b) => a.createdAt - b.createdAt || a.chunkId.localeCompare(b.chunkId));
};
