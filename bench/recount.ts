/*
 * Counts admission from the outside: from the events that were offered and from what came back for each record.
 * Imports nothing of the pipeline, because it has to find the pipeline's mistakes.
 */

export interface OfferedEntry {
  /** Names the event; copies of it have the same. */
  readonly key: string;
  readonly queueId: string;
  /** Epoch milliseconds. */
  readonly eventTime: number;
}

export interface Answered extends OfferedEntry {
  readonly isAdmitted: boolean;
}

export interface Recount {
  readonly windows: number;
  readonly windowsAboveLimit: number;
  /** Sum over windows of |admitted - min(offered, limit)|, in distinct events. */
  readonly differenceFromExact: number;
  /** Events that were answered in two ways. */
  readonly changedAnswers: number;
  readonly distinctEvents: number;
}

export interface Limit {
  readonly events: number;
  readonly perSeconds: number;
}

const windowOf = ({ queueId, eventTime }: OfferedEntry, { perSeconds }: Limit): string =>
  `${queueId} ${Math.floor(eventTime / (perSeconds * 1000))}`;

export const recount = (answers: ReadonlyArray<Answered>, limitOf: (queueId: string) => Limit): Recount => {
  const decided = new Map<string, boolean>();
  const offered = new Map<
    string,
    { readonly limit: Limit; readonly keys: Set<string>; readonly admitted: Set<string> }
  >();
  let changedAnswers = 0;
  for (const answer of answers) {
    const before = decided.get(answer.key);
    if (before !== undefined && before !== answer.isAdmitted) changedAnswers += 1;
    decided.set(answer.key, answer.isAdmitted);
    const limit = limitOf(answer.queueId);
    const name = windowOf(answer, limit);
    const window = offered.get(name) ?? { limit, keys: new Set(), admitted: new Set() };
    window.keys.add(answer.key);
    if (answer.isAdmitted) window.admitted.add(answer.key);
    offered.set(name, window);
  }
  const windows = [...offered.values()];
  return {
    windows: windows.length,
    windowsAboveLimit: windows.filter(({ limit, admitted }) => admitted.size > limit.events).length,
    differenceFromExact: windows.reduce(
      (sum, { limit, keys, admitted }) => sum + Math.abs(admitted.size - Math.min(keys.size, limit.events)),
      0,
    ),
    changedAnswers,
    distinctEvents: decided.size,
  };
};
