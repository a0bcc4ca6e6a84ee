import { comparableName } from "../../src/priorities/comparable-name.ts";
import type { MappedQueue } from "../../src/priorities/priority-map.ts";

/** Queues whose names are the same to every rule, in groups of two and more. */
export const sameNames = (queues: Iterable<MappedQueue>): ReadonlyArray<ReadonlyArray<MappedQueue>> =>
  [...Map.groupBy(queues, ({ name }) => comparableName(name)).values()].filter((group) => group.length > 1);
