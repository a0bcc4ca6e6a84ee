import { accessChecks } from "./access-checks.ts";
import { computeChecks } from "./compute-checks.ts";
import { ingestionChecks } from "./ingestion-checks.ts";
import { observabilityChecks } from "./observability-checks.ts";
import type { PolicyCheck } from "./policy-check.ts";
import { queryingChecks } from "./querying-checks.ts";
import { storageChecks } from "./storage-checks.ts";
import { streamChecks } from "./stream-checks.ts";

/** Every rule that a plan has to keep. */
export const policyChecks: ReadonlyArray<PolicyCheck> = [
  ...ingestionChecks,
  ...streamChecks,
  ...storageChecks,
  ...queryingChecks,
  ...computeChecks,
  ...accessChecks,
  ...observabilityChecks,
];
