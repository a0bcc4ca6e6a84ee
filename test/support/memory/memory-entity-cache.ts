import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Known, keptFor } from "../../../src/enrichment/known.ts";
import type { EntityCache } from "../../../src/enrichment/ports.ts";
import type { Clock } from "../../../src/time/ports.ts";

/** The table of a kind in memory, shared by all containers of a simulation; held to the contract of the table. */
export const memoryEntityCache = <A>({ now }: Pick<Clock, "now">): EntityCache<A> => {
  const remembered = new Map<string, Known<A>>();
  return {
    recall: (ids) =>
      TE.fromIO(() => {
        const found = new Map<string, Known<A>>();
        for (const id of ids) {
          const known = remembered.get(id);
          if (known !== undefined && now() - known.fetchedAt < keptFor) found.set(id, known);
        }
        return found;
      }),
    remember: (known) =>
      T.fromIO(() => {
        for (const [id, each] of known) remembered.set(id, each);
      }),
  };
};
