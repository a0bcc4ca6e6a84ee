import type { MappedQueue, PriorityMap } from "../../src/priorities/priority-map.ts";

export type Change = "added" | "removed" | "priority";

/** Null: not there. */
export interface ChangedQueue {
  readonly change: Change;
  readonly id: string;
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** What a refresh has changed of the queues' priorities. */
export const changesBetween = (
  before: PriorityMap | undefined,
  after: PriorityMap | undefined,
): ReadonlyArray<ChangedQueue> => {
  const old = before?.queues ?? new Map<string, MappedQueue>();
  const now = after?.queues ?? new Map<string, MappedQueue>();
  const changed = [...now.values()].flatMap(({ id, name, priority }): ReadonlyArray<ChangedQueue> => {
    const was = old.get(id)?.priority ?? null;
    return was === priority ? [] : [{ change: was === null ? "added" : "priority", id, name, from: was, to: priority }];
  });
  const removed = [...old.values()]
    .filter(({ id }) => !now.has(id))
    .map(({ id, name, priority }): ChangedQueue => ({ change: "removed", id, name, from: priority, to: null }));
  return [...changed, ...removed];
};
