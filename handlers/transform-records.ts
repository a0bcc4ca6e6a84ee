import * as t from "io-ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { RuntimeEnvironment, TransformRecordsEnvironment } from "../src/runtime/environment.ts";
import { firehoseTransform } from "../src/runtime/firehose-transform.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { transformRecords } from "../src/steps/transform-records.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, TransformRecordsEnvironment]), variables);
  return firehoseTransform(transformRecords(environment.SHARDS))({
    ...systemClock,
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
  });
};

export const handler = lambdaHandler(create);
