import * as TE from "fp-ts/lib/TaskEither.js";
import type { LogItem } from "../../src/domain/admission-log.ts";
import type { AdmissionLog } from "../../src/ports/admission-log.ts";

export interface MemoryLog extends AdmissionLog {
  readonly items: Map<string, LogItem[]>;
}

/** The log in memory, held to the same contract as the table. */
export const memoryAdmissionLog = (): MemoryLog => {
  const items = new Map<string, LogItem[]>();
  const of = (minute: string): LogItem[] => {
    const known = items.get(minute) ?? [];
    items.set(minute, known);
    return known;
  };
  return {
    items,
    readLog: (minute, after) => () =>
      TE.right(
        of(minute)
          .filter(({ n }) => n > after)
          .toSorted((a, b) => a.n - b.n),
      )(),
    appendToLog: (minute, item) => async () => {
      const isTaken = of(minute).some(({ n }) => n === item.n);
      if (!isTaken) of(minute).push(item);
      return { _tag: "Right", right: !isTaken };
    },
  };
};
