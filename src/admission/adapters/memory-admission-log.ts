import * as TE from "fp-ts/lib/TaskEither.js";
import type { LogItem } from "../admission-log.ts";
import type { AdmissionLog } from "../ports.ts";

interface MemoryAdmissionLog extends AdmissionLog {
  /** The items by minute, in the order of their numbers. */
  readonly minutes: ReadonlyMap<string, ReadonlyArray<LogItem>>;
}

/** The log in memory, for benchmarks and simulations; held to the contract of the table. */
export const memoryAdmissionLog = (): MemoryAdmissionLog => {
  const minutes = new Map<string, LogItem[]>();
  const itemsOf = (minute: string): LogItem[] => {
    const known = minutes.get(minute) ?? [];
    minutes.set(minute, known);
    return known;
  };
  return {
    minutes,
    readLog: (minute, after) => () => TE.right(itemsOf(minute).filter(({ n }) => n > after))(),
    appendToLog: (minute, item) => () => {
      const items = itemsOf(minute);
      const isTaken = items.some(({ n }) => n === item.n);
      // In the order of the numbers, which is nearly always that of the appends.
      if (!isTaken) items.splice(items.findLastIndex(({ n }) => n < item.n) + 1, 0, item);
      return TE.right(!isTaken)();
    },
  };
};
