import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as t from "io-ts";
import { type LeftOut, LeftOuts } from "../genesys/left-out.ts";
import type { Queue } from "../genesys/queue.ts";
import { parseJson } from "../text/parse-json.ts";
import type { Resolved } from "./priority-rule.ts";

/** A queue in the published map, in as few bytes as a page of a hundred allows. */
export const MappedQueue = t.exact(
  t.intersection([
    t.type({ id: t.string, name: t.string, priority: t.number, rule: t.number }),
    t.partial({ maxEvents: t.number, perSeconds: t.number }),
  ]),
  "MappedQueue",
);
export type MappedQueue = t.TypeOf<typeof MappedQueue>;

const MappedQueues = t.array(MappedQueue, "MappedQueues");

/** A page of a version, as it lies in the table. */
export interface MapPage {
  readonly queues: ReadonlyArray<MappedQueue>;
  /** Queues of the page that are not as Genesys documents them, and so have no priority. */
  readonly leftOut: ReadonlyArray<LeftOut>;
}

/** One version of the queue priority map, whole. */
export interface PriorityMap {
  readonly version: string;
  /** When it was last confirmed to be what Genesys says, epoch milliseconds. */
  readonly checkedAt: number;
  readonly queues: ReadonlyMap<string, MappedQueue>;
  readonly leftOut: ReadonlyArray<LeftOut>;
}

export const toMapped = (queue: Queue, resolved: Resolved): MappedQueue => ({
  id: queue.id,
  name: queue.name ?? queue.id,
  priority: resolved.priority,
  rule: resolved.rule,
  ...(resolved.maxEvents === undefined ? {} : { maxEvents: resolved.maxEvents }),
  ...(resolved.perSeconds === undefined ? {} : { perSeconds: resolved.perSeconds }),
});

/** The two texts of a page in the table, each JSON; a page of an older release has no `leftOut`. */
interface PageTexts {
  readonly queues: string;
  readonly leftOut: string;
}

export const encodePage = ({ queues, leftOut }: MapPage): PageTexts => ({
  queues: JSON.stringify(queues),
  leftOut: JSON.stringify(leftOut),
});

export const decodePage = (texts: PageTexts): E.Either<string, MapPage> =>
  pipe(
    E.Do,
    E.bind("queues", () => MappedQueues.decode(parseJson(texts.queues))),
    E.bind("leftOut", () => LeftOuts.decode(parseJson(texts.leftOut))),
    E.mapLeft(() => "a page holds something else than queues"),
  );
