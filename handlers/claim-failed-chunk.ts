import { awsClients } from "../src/aws/adapters/aws-clients.ts";
import { failedEventsStore } from "../src/failed/adapters/failed-events-store.ts";
import { ChunkRefInput, claimFailedChunk } from "../src/retry/claim-failed-chunk.ts";
import { ClaimFailedChunkEnvironment } from "../src/runtime/environment.ts";
import { lambda } from "../src/runtime/lambda.ts";
import { stateTask } from "../src/runtime/state-task.ts";
import { systemClock } from "../src/time/adapters/system-clock.ts";

export const { create, handler } = lambda(ClaimFailedChunkEnvironment, (environment) => {
  const place = { ...awsClients(environment), bucket: environment.BUCKET, table: environment.FAILED_EVENTS_TABLE };
  return stateTask(ChunkRefInput, claimFailedChunk)({ ...systemClock, ...failedEventsStore(place, systemClock) });
});
