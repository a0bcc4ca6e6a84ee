import * as RT from "fp-ts/lib/ReaderTask.js";
import type { Telemetry } from "../telemetry/ports.ts";
import { messageIdsOf, type Outcome } from "./outcome.ts";

const isMalformed = (outcome: Outcome): boolean => outcome._tag === "Parked" && outcome.failure === "malformed";

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
      // What is no event is expected now and then, and has an alarm of its own; any other parked event is one to look at.
      return ["parked", `parked.${outcome.failure}`, ...(isMalformed(outcome) ? [] : ["parked.wellFormed"])];
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

/** What a container has taken since it last told a share of malformed messages; one for all its batches. */
export interface MalformedSoFar {
  readonly malformedSoFar: { messages: number; malformed: number };
}

/** A container begins with none. */
export const noneMalformedYet = (): MalformedSoFar => ({ malformedSoFar: { messages: 0, malformed: 0 } });

/** A share of fewer would count a single one for as much as hundreds: alarms take the mean of what is published. */
const enoughForAShare = 100;

/**
 * Counts the share of messages that are no events, in percent, also when it is 0, once a hundred or more have come together;
 * so a quiet night's single one counts for no more than it is.
 */
export const reportMalformed = (
  outcomes: ReadonlyArray<Outcome>,
): RT.ReaderTask<Pick<Telemetry, "count"> & MalformedSoFar, void> =>
  RT.asksReaderTask(({ count, malformedSoFar }: Pick<Telemetry, "count"> & MalformedSoFar) =>
    RT.fromIO(() => {
      malformedSoFar.messages += outcomes.length;
      malformedSoFar.malformed += outcomes.filter(isMalformed).length;
      const { messages, malformed } = malformedSoFar;
      if (messages < enoughForAShare) return;
      Object.assign(malformedSoFar, noneMalformedYet().malformedSoFar);
      count({ malformedPercent: Math.round((malformed / messages) * 1000) / 10 })();
    }),
  );

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
