import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { dynamodbBreakers } from "../../src/breakers/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../../src/failed/adapters/failed-events-store.ts";
import { dynamodbDeliveryTurn } from "../../src/retry/adapters/dynamodb-delivery-turn.ts";
import type { DeliveryTurn } from "../../src/retry/ports.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { clientSettings, readStackOutputs, type StackOutputs } from "./stack-outputs.ts";

/** A stack as commands see it: its outputs, clients, and the pipeline's own adapters on them. */
export interface Stack {
  readonly outputs: StackOutputs;
  readonly dynamoDb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly firehose: FirehoseClient;
  readonly cloudWatch: CloudWatchClient;
  readonly breakers: ReturnType<typeof dynamodbBreakers>;
  readonly failedEvents: ReturnType<typeof failedEventsStore>;
  readonly deliveryTurn: DeliveryTurn;
}

export const connectStack = (outputs: StackOutputs): Stack => {
  const settings = clientSettings(outputs);
  const dynamoDb = new DynamoDBClient(settings);
  const s3 = new S3Client(settings);
  return {
    outputs,
    dynamoDb,
    s3,
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: outputs.endpoint === undefined }),
    lambda: new LambdaClient(settings),
    events: new EventBridgeClient(settings),
    firehose: new FirehoseClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    breakers: dynamodbBreakers({ dynamoDb, table: outputs.failedEventsTable }),
    deliveryTurn: dynamodbDeliveryTurn({ dynamoDb, table: outputs.failedEventsTable }),
    failedEvents: failedEventsStore(
      { dynamoDb, s3, bucket: outputs.bucketName, table: outputs.failedEventsTable },
      systemClock,
    ),
  };
};

export const openStack = async (options: Parameters<typeof readStackOutputs>[0]): Promise<Stack> =>
  connectStack(await readStackOutputs(options));

/** The value of a call of the pipeline's own adapters; its failure becomes the command's. */
export const answerOf = async <A>(task: TaskEither<{ readonly reason: string }, A>): Promise<A> => {
  const answer = await task();
  if (E.isRight(answer)) return answer.right;
  throw new Error(answer.left.reason);
};
