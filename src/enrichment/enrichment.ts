import * as t from "io-ts";
import { User } from "../genesys/user.ts";

/** The names that Floodgate adds to an event; `error` says why a name is missing. */
export const Enrichment = t.exact(
  t.partial({
    user: User,
    queue: t.strict({ id: t.string, name: t.string }),
    stale: t.boolean,
    error: t.strict({ reason: t.string, at: t.string }),
  }),
  "Enrichment",
);
export type Enrichment = t.TypeOf<typeof Enrichment>;

export type EnrichmentMode = "required" | "bestEffort" | "off";
