import * as t from "io-ts";

/** What an event says of its user once it is enriched. */
export const User = t.exact(
  t.intersection([t.type({ id: t.string, name: t.string }), t.partial({ email: t.string, department: t.string })]),
  "User",
);
export type User = t.TypeOf<typeof User>;
