import { dynamoDb } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { ReviewQueuePrioritiesInput, reviewQueuePriorities } from "../src/priorities/review-queue-priorities.ts";
import { ReviewQueuePrioritiesEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(ReviewQueuePrioritiesEnvironment, (environment) =>
  stateTask(
    ReviewQueuePrioritiesInput,
    reviewQueuePriorities,
  )({
    ...systemClock,
    ...dynamodbPriorityMaps(
      { dynamoDb: dynamoDb(environment), table: environment.QUEUE_PRIORITIES_TABLE },
      systemClock,
    ),
  }),
);
