import { awsClients } from "../src/aws/adapters/aws-clients.ts";
import { s3Days } from "../src/compaction/adapters/s3-days.ts";
import { PlanCompactionInput, planCompaction } from "../src/compaction/plan-compaction.ts";
import { PlanCompactionEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { powertoolsTelemetry } from "../src/telemetry/adapters/powertools-telemetry.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(PlanCompactionEnvironment, (environment) =>
  stateTask(
    PlanCompactionInput,
    planCompaction,
  )({
    ...systemClock,
    ...powertoolsTelemetry(environment),
    ...s3Days(awsClients(environment).s3, environment.BUCKET),
  }),
);
