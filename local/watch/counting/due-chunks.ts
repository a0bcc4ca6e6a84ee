import type { FrameChunk } from "../frame.ts";
import type { StoredChunk } from "../stored.ts";

const mostChunks = 20;

interface Due {
  readonly dueAt: number;
  /** When that was first seen. */
  readonly madeAt: number;
}

/** The failed chunks that are retried, with the lengths of their countdowns. */
export class DueChunks {
  private readonly due = new Map<string, Due>();

  /** Those that are due first at the front, and how many there are; `now` in epoch milliseconds. */
  waiting(
    chunks: ReadonlyArray<StoredChunk>,
    now: number,
  ): { readonly chunksInAll: number; readonly chunks: ReadonlyArray<FrameChunk> } {
    const retrying = chunks.filter(({ status }) => status === "retrying").toSorted((a, b) => a.dueAt - b.dueAt);
    const known = new Set(retrying.map(({ id }) => id));
    for (const id of this.due.keys()) if (!known.has(id)) this.due.delete(id);
    for (const { id, dueAt } of retrying)
      if (this.due.get(id)?.dueAt !== dueAt) this.due.set(id, { dueAt, madeAt: now });
    return {
      chunksInAll: retrying.length,
      chunks: retrying.slice(0, mostChunks).map(({ id, reason, events, attempt, isCanary, dueAt }) => ({
        id,
        reason,
        events,
        attempt,
        isCanary,
        dueAt,
        madeAt: this.due.get(id)?.madeAt ?? dueAt,
      })),
    };
  }
}
