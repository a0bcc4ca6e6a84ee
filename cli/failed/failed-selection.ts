import * as E from "fp-ts/lib/Either.js";
import { decodeMessage } from "../../src/event/decode-message.ts";
import { eventTypes } from "../../src/event/event-type.ts";
import { type FailureClass, failureClasses } from "../../src/event/failure.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import { type FailedEvent, toMessage } from "../../src/failed/failed-event.ts";
import { UsageError, wholeNumber } from "../command.ts";
import { describeInterval, momentForms, momentOf } from "../moment.ts";
import type { Stack } from "../stack/stack.ts";
import { complain, number, progressLine } from "../terminal.ts";
import { listFailedChunks } from "./failed-chunks.ts";

/** Which failed events a command is about. */
export interface Filter {
  readonly failures: ReadonlyArray<FailureClass>;
  readonly type: string | undefined;
  readonly queue: string | undefined;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
}

export const filterOptions = {
  reason: { type: "string", multiple: true },
  type: { type: "string" },
  queue: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  limit: { type: "string" },
} as const;

export const filterHelp = `  --reason CLASS    only this failure class (docs/failures.md); may be repeated
  --type TYPE       only this event type, such as acd.start
  --queue ID        only events of this Genesys queue
  --since T         received at or after T: ${momentForms}
  --until T         received before T
  --limit N         at most N events, oldest first`;

interface Given {
  readonly reason?: ReadonlyArray<string> | undefined;
  readonly type?: string | undefined;
  readonly queue?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly limit?: string | undefined;
}

export const readFilter = (given: Given): Filter => {
  const now = Date.now();
  const named = given.reason ?? [];
  const failures = named.flatMap((name) => failureClasses.find((known) => known === name) ?? []);
  if (failures.length < named.length) {
    throw new UsageError(`--reason ${named.join(", ")}: has to be one of ${failureClasses.join(", ")}`);
  }
  if (given.type !== undefined && !eventTypes.some((known) => known === given.type)) {
    throw new UsageError(`--type ${given.type}: has to be one of ${eventTypes.join(", ")}`);
  }
  const since = given.since === undefined ? 0 : momentOf("since", given.since, now);
  const until = given.until === undefined ? Number.POSITIVE_INFINITY : momentOf("until", given.until, now);
  // On standard error, beside the answer: these commands print one that scripts read, too.
  if (since > 0 || until < Number.POSITIVE_INFINITY)
    complain(`Received ${describeInterval(since, Math.min(until, now))}`);
  return {
    failures: failures.length === 0 ? failureClasses : failures,
    type: given.type,
    queue: given.queue,
    since,
    until,
    limit: given.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber("limit", given.limit, 1),
  };
};

/** A failed event with what its text says of it; `type` is empty where it cannot be read. */
export interface Seen {
  readonly failed: FailedEvent;
  readonly type: string;
  readonly queueId: string | undefined;
}

export const seenOf = (failed: FailedEvent): Seen => {
  const decoded = decodeMessage(toMessage(failed));
  return E.isRight(decoded)
    ? { failed, type: decoded.right.type, queueId: decoded.right.queueId }
    : { failed, type: "", queueId: undefined };
};

/** A chunk of which some or all events were asked for. */
export interface Selected {
  readonly chunk: FailedChunk;
  readonly matching: ReadonlyArray<Seen>;
  readonly others: ReadonlyArray<FailedEvent>;
}

const matches =
  ({ type, queue, since, until }: Filter) =>
  ({ failed, type: ownType, queueId }: Seen): boolean =>
    (type === undefined || type === ownType) &&
    (queue === undefined || queue === queueId) &&
    failed.receivedAt >= since &&
    failed.receivedAt < until;

/** A chunk that cannot be read is named and passed over: it must not hide all the others. */
export const loadOrWarn = async ({ failedEvents }: Stack, chunkId: string) => {
  // Its object is replaced while it is retried, so what is gone at first may be there under its next name.
  const [first, second] = [await failedEvents.loadChunk(chunkId)(), failedEvents.loadChunk(chunkId)];
  const loaded = E.isLeft(first) && first.left.unreadableObject !== undefined ? await second() : first;
  if (E.isRight(loaded)) return loaded.right;
  if (loaded.left.unreadableObject === undefined) throw new Error(loaded.left.reason);
  complain(`Skipped the failed chunk ${chunkId}: it cannot be read (${loaded.left.reason}).`);
  return undefined;
};

/** The chunks of a status with the events that the filter names, oldest chunk first. */
export const selectFailed = async (
  stack: Stack,
  statuses: ReadonlyArray<FailedChunk["status"]>,
  filter: Filter,
): Promise<ReadonlyArray<Selected>> => {
  const progress = progressLine();
  const chunks = (await listFailedChunks(stack, filter.failures)).filter(({ status }) => statuses.includes(status));
  const selected: Selected[] = [];
  let left = filter.limit;
  for (const [index, chunk] of chunks.entries()) {
    progress.show(`read ${number(index)} of ${number(chunks.length)} chunks`);
    if (left <= 0) break;
    const loaded = await loadOrWarn(stack, chunk.chunkId);
    // The index lags behind: what the item itself says counts.
    if (loaded === undefined || !statuses.includes(loaded.chunk.status)) continue;
    const matching = loaded.events.map(seenOf).filter(matches(filter)).slice(0, left);
    const taken = new Set(matching.map(({ failed }) => failed));
    const others = loaded.events.filter((event) => !taken.has(event));
    left -= matching.length;
    if (matching.length > 0) selected.push({ chunk: loaded.chunk, matching, others });
  }
  progress.clear();
  return selected;
};

interface Group {
  readonly status: FailedChunk["status"];
  readonly reason: string;
  readonly type: string;
  readonly events: number;
  readonly oldest: number;
}

/** Counts by status, reason and type. */
export const groupFailed = (selected: ReadonlyArray<Selected>): ReadonlyArray<Group> => {
  const groups = new Map<string, Group>();
  for (const { chunk, matching } of selected) {
    for (const { failed, type } of matching) {
      const key = `${chunk.status} ${chunk.failure} ${type}`;
      const group = groups.get(key) ?? {
        status: chunk.status,
        reason: chunk.failure,
        type,
        events: 0,
        oldest: Infinity,
      };
      groups.set(key, { ...group, events: group.events + 1, oldest: Math.min(group.oldest, failed.receivedAt) });
    }
  }
  return [...groups.values()].toSorted((a, b) => b.events - a.events || a.reason.localeCompare(b.reason));
};
