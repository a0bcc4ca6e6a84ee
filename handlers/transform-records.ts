import { dynamodbAdmissionLog } from "../src/admission/adapters/dynamodb-admission-log.ts";
import { minuteLogs } from "../src/admission/admit.ts";
import { dynamoDb } from "../src/aws/adapters/aws-clients.ts";
import { dynamodbPriorityMaps } from "../src/priorities/adapters/dynamodb-priority-maps.ts";
import { TransformRecordsEnvironment } from "../src/runtime/environment.ts";
import { firehoseTransform } from "../src/runtime/firehose-transform.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";
import { transformRecords } from "../src/transform/transform-records.ts";

export const { create, handler } = lambda(TransformRecordsEnvironment, (environment) => {
  const client = dynamoDb(environment);
  const admission = {
    enabled: environment.ADMISSION_ENABLED === "true",
    minPriority: environment.MIN_PRIORITY,
    maxEventsPerQueuePerSecond: environment.MAX_EVENTS_PER_QUEUE_PER_SECOND,
    unknownQueue: environment.UNKNOWN_QUEUE,
    excess: environment.EXCESS,
  };
  return firehoseTransform(transformRecords({ shards: environment.SHARDS, admission }))({
    ...systemClock,
    ...powertoolsTelemetry(environment),
    ...dynamodbPriorityMaps({ dynamoDb: client, table: environment.QUEUE_PRIORITIES_TABLE }, systemClock),
    ...dynamodbAdmissionLog({ dynamoDb: client, table: environment.ADMISSION_LOG_TABLE }),
    minuteLogs: minuteLogs(),
  });
});
