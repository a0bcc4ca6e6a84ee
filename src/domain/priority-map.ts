import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as t from "io-ts";
import { parseJson } from "./parse-json.ts";
import type { Resolved } from "./priority-rule.ts";
import type { Queue } from "./queue.ts";

/** A queue in the published map, in as few bytes as a page of a hundred allows. */
export const MappedQueue = t.intersection(
  [
    t.strict({ id: t.string, name: t.string, priority: t.number, rule: t.number }),
    t.partial({ maxEvents: t.number, perSeconds: t.number }),
  ],
  "MappedQueue",
);
export type MappedQueue = t.TypeOf<typeof MappedQueue>;

const MappedQueues = t.array(MappedQueue, "MappedQueues");

/** One version of the queue priority map, whole. */
export interface PriorityMap {
  readonly version: string;
  /** When it was last confirmed to be what Genesys says, epoch milliseconds. */
  readonly checkedAt: number;
  readonly queues: ReadonlyMap<string, MappedQueue>;
}

export const toMapped = (queue: Queue, resolved: Resolved): MappedQueue => ({
  id: queue.id,
  name: queue.name ?? queue.id,
  priority: resolved.priority,
  rule: resolved.rule,
  ...(resolved.maxEvents === undefined ? {} : { maxEvents: resolved.maxEvents }),
  ...(resolved.perSeconds === undefined ? {} : { perSeconds: resolved.perSeconds }),
});

/** A page's queues as they lie in the table: one JSON text. */
export const encodePage = (queues: ReadonlyArray<MappedQueue>): string => JSON.stringify(queues);

export const decodePage = (text: string): E.Either<string, ReadonlyArray<MappedQueue>> =>
  pipe(
    MappedQueues.decode(parseJson(text)),
    E.mapLeft(() => "a page holds something else than queues"),
  );
