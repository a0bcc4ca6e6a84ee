import { type AttributeValue, QueryCommand } from "@aws-sdk/client-dynamodb";
import { type FailureClass, permanentFailures, transientFailures } from "../../src/event/failure.ts";
import { readChunkItem } from "../../src/failed/adapters/failed-chunk-item.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import type { Stack } from "../stack/stack.ts";

export const failureClasses: ReadonlyArray<FailureClass> = [...permanentFailures, ...transientFailures];

const chunksOfReason = async (
  { dynamoDb, outputs }: Stack,
  reason: FailureClass,
): Promise<ReadonlyArray<FailedChunk>> => {
  const chunks: FailedChunk[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamoDb.send(
      new QueryCommand({
        TableName: outputs.failedEventsTable,
        IndexName: "byReason",
        KeyConditionExpression: "reason = :reason",
        ExpressionAttributeValues: { ":reason": { S: reason } },
        ExclusiveStartKey: start,
      }),
    );
    chunks.push(...(page.Items ?? []).flatMap((item) => readChunkItem(item) ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return chunks;
};

/** All failed chunks of the given classes, oldest first. */
export const listFailedChunks = async (
  stack: Stack,
  reasons: ReadonlyArray<FailureClass> = failureClasses,
): Promise<ReadonlyArray<FailedChunk>> => {
  const groups = await Promise.all(reasons.map((reason) => chunksOfReason(stack, reason)));
  return groups.flat().toSorted((a, b) => a.createdAt - b.createdAt || a.chunkId.localeCompare(b.chunkId));
};
