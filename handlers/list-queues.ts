import { connectGenesys } from "../src/genesys/adapters/connect-genesys.ts";
import { genesysQueues } from "../src/genesys/adapters/genesys-queues.ts";
import { readPriorityRules } from "../src/priorities/adapters/priority-rules-file.ts";
import { ListQueuesInput, listQueues } from "../src/priorities/list-queues.ts";
import { ListQueuesEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(ListQueuesEnvironment, (environment) => {
  const rules = readPriorityRules(environment.LAMBDA_TASK_ROOT ?? ".");
  return stateTask(
    ListQueuesInput,
    listQueues(rules),
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment),
    ...genesysQueues(connectGenesys(environment, systemClock)),
  });
});
