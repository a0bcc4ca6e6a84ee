import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { GenesysError } from "./genesys-error.ts";
import type { LeftOut } from "./left-out.ts";
import type { Queue } from "./queue.ts";
import type { User } from "./user.ts";

/** One page of an organisation's queues. */
export interface QueuePage {
  readonly queues: ReadonlyArray<Queue>;
  /** Queues of the page that are not as documented. */
  readonly leftOut: ReadonlyArray<LeftOut>;
  readonly pageCount: number;
  readonly total: number;
}

/** Most ids that one request for users asks for; the vendor names no limit, the URL's length does. */
export const usersPerRequest = 50;

export interface ListedUsers {
  readonly users: ReadonlyArray<User>;
  /** Users that are not as documented. */
  readonly leftOut: ReadonlyArray<LeftOut>;
}

export interface GenesysUsers {
  /** The users of at most `usersPerRequest` ids; ids that Genesys does not know are absent. */
  readonly getUsers: (ids: ReadonlyArray<string>) => TaskEither<GenesysError, ListedUsers>;
}

export interface GenesysQueues {
  readonly listQueues: (page: number, pageSize: number) => TaskEither<GenesysError, QueuePage>;
}
