import * as t from "io-ts";
import { dynamoDb } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { ReviewQueuePrioritiesInput, reviewQueuePriorities } from "../src/priorities/review-queue-priorities.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ReviewQueuePrioritiesEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ReviewQueuePrioritiesEnvironment]), variables);
  return stateTask(
    ReviewQueuePrioritiesInput,
    reviewQueuePriorities,
  )({
    ...systemClock,
    ...dynamodbPriorityMaps(dynamoDb(environment), environment.QUEUE_PRIORITIES_TABLE, systemClock),
  });
};

export const handler = lambdaHandler(create);
