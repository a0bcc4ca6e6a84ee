import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { MapPage, PriorityMap } from "./priority-map.ts";
import type { Pointer } from "./priority-pointer.ts";

export type PriorityMapUnavailable = Unavailable<"PriorityMapUnavailable">;

export interface PriorityMaps {
  /** The published map, at most a minute old; undefined when none was ever published. */
  readonly readPriorityMap: TaskEither<PriorityMapUnavailable, PriorityMap | undefined>;
}

/** What the refresh sees of the table: the pointer, and the pages of any version. */
export interface PriorityVersions {
  readonly readPointer: TaskEither<PriorityMapUnavailable, Pointer | undefined>;
  readonly readPages: (version: string) => TaskEither<PriorityMapUnavailable, ReadonlyArray<MapPage>>;
}
