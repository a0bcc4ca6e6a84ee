import * as t from "io-ts";
import { connectGenesys } from "../src/adapters/genesys/connect-genesys.ts";
import { genesysQueues } from "../src/adapters/genesys/genesys-queues.ts";
import { powertoolsTelemetry } from "../src/adapters/powertools-telemetry.ts";
import { readPriorityRules } from "../src/adapters/priority-rules-file.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ListQueuesEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { ListQueuesInput, listQueues } from "../src/steps/list-queues.ts";

export const create = (variables: Variables): LambdaHandler => {
  const environment = decodeOrThrow(t.intersection([RuntimeEnvironment, ListQueuesEnvironment]), variables);
  const rules = readPriorityRules(environment.LAMBDA_TASK_ROOT ?? ".");
  return stateTask(
    ListQueuesInput,
    listQueues(rules),
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment.AWS_LAMBDA_FUNCTION_NAME),
    ...genesysQueues(connectGenesys(environment, systemClock)),
  });
};

export const handler = lambdaHandler(create);
