import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { MapPage, PriorityMap } from "./priority-map.ts";
import type { Pointer } from "./priority-pointer.ts";

export interface PriorityMapUnavailable {
  readonly _tag: "PriorityMapUnavailable";
  readonly reason: string;
}

export interface PriorityMaps {
  /** The published map, at most a minute old; undefined when none was ever published. */
  readonly readPriorityMap: TaskEither<PriorityMapUnavailable, PriorityMap | undefined>;
}

/** What the refresh sees of the table: the pointer, and the pages of any version. */
export interface PriorityVersions {
  readonly readPointer: TaskEither<PriorityMapUnavailable, Pointer | undefined>;
  readonly readPages: (version: string) => TaskEither<PriorityMapUnavailable, ReadonlyArray<MapPage>>;
}
