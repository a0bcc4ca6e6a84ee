import * as t from "io-ts";
import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { genesysQueues } from "../src/genesys/adapters/genesys-queues.ts";
import { readPriorityRules } from "../src/priorities/adapters/priority-rules-file.ts";
import { ListQueuesInput, listQueues } from "../src/priorities/list-queues.ts";
import { decodeOrThrow } from "../src/runtime/decode-or-throw.ts";
import { ListQueuesEnvironment, RuntimeEnvironment } from "../src/runtime/environment.ts";
import { type LambdaHandler, lambdaHandler, type Variables } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

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
