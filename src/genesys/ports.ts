import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { GenesysError } from "./genesys-error.ts";
import type { LeftOut } from "./left-out.ts";
import type { Queue } from "./queue.ts";

/** What a request for entities was answered. */
export interface Listed<A> {
  readonly entities: ReadonlyArray<A>;
  /** Entities that are not as documented. */
  readonly leftOut: ReadonlyArray<LeftOut>;
}

/** One page of an organisation's queues. */
export interface QueuePage extends Listed<Queue> {
  readonly pageCount: number;
  readonly total: number;
}

/** The entities of ids; those that Genesys does not know are absent. */
export type GetByIds<A> = (ids: ReadonlyArray<string>) => TaskEither<GenesysError, Listed<A>>;

export interface GenesysQueues {
  readonly listQueues: (page: number, pageSize: number) => TaskEither<GenesysError, QueuePage>;
}
