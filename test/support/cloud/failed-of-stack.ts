import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { failedEventsStore } from "../../../src/failed/adapters/failed-events-store.ts";
import { type FailedEvent, toFailedEvent } from "../../../src/failed/failed-event.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { envelope, message } from "../builders.ts";
import type { localStack } from "./local-stack.ts";

/** The failed events of a stack, as the pipeline writes them. */
export const failedOf = (stack: ReturnType<typeof localStack>) => {
  const dynamoDb = new DynamoDBClient(stack.client());
  const s3 = new S3Client({ ...stack.client(), forcePathStyle: true });
  return failedEventsStore({ dynamoDb, s3, bucket: "floodgate-events", table: "failed-events" }, systemClock);
};

interface Given {
  readonly type?: string;
  readonly queueId?: string;
  readonly receivedAt?: number;
  readonly sealed?: boolean;
}

/** A failed event whose messageId is its name; `text-of-<name>` stands in its text. */
export const failedEvent = (reason: string, name: string, given: Given = {}): FailedEvent => {
  const { type = "acd.start", queueId = "q-1", receivedAt = Date.now(), sealed } = given;
  const text = envelope(type, { eventTime: receivedAt, conversationId: `text-of-${name}`, queueId }, { id: name });
  const failed = toFailedEvent({ ...message(text), messageId: name, receivedAt }, reason);
  return sealed === true ? { ...failed, sealed } : failed;
};
