import * as RT from "fp-ts/lib/ReaderTask.js";
import type { Telemetry } from "../telemetry/ports.ts";
import { messageIdsOf, type Outcome } from "./outcome.ts";

/** The ledger's terms as metric names. */
const metricsOf = (outcome: Outcome): ReadonlyArray<string> => {
  switch (outcome._tag) {
    case "Delivered":
      return outcome.recorded ? ["delivered"] : ["delivered", "unrecorded"];
    case "Redelivered":
      return ["redelivered"];
    case "Duplicate":
      return ["duplicates"];
    case "Parked":
      return ["parked", `parked.${outcome.failure}`];
    case "Retrying":
      return ["retrying", `retrying.${outcome.failure}`];
    case "Failed":
      return ["failed", `failed.${outcome.failure}`];
  }
};

const countByMetric = (outcomes: ReadonlyArray<Outcome>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    for (const metric of metricsOf(outcome)) counts[metric] = (counts[metric] ?? 0) + 1;
  }
  return counts;
};

/**
 * Counts the outcomes of a batch. A duplicate leaves no other trace than this log line (nothing is written for it),
 * so its messageId is named: that is where the ledger finds it.
 */
export const reportOutcomes = (outcomes: ReadonlyArray<Outcome>): RT.ReaderTask<Telemetry, void> =>
  RT.asksReaderTask((telemetry: Telemetry) =>
    RT.fromIO(() => {
      const duplicates = messageIdsOf(outcomes.filter(({ _tag }) => _tag === "Duplicate"));
      if (duplicates.length > 0) telemetry.info("duplicates", { messageIds: duplicates })();
      telemetry.count(countByMetric(outcomes))();
    }),
  );
