import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { User } from "../../domain/user.ts";
import type { GenesysUsers } from "../../ports/genesys.ts";
import type { GenesysClient } from "./genesys-client.ts";

/** `GET /api/v2/users` (SDK v259, UserEntityListing): of each user the fields that events are enriched with. */
const UserListing = t.type(
  {
    entities: t.array(
      t.intersection([t.type({ id: t.string }), t.partial({ name: t.string, email: t.string, department: t.string })]),
    ),
  },
  "UserListing",
);

const toUser = ({ id, name, email, department }: t.TypeOf<typeof UserListing>["entities"][number]): User => ({
  id,
  name: name ?? id,
  ...(email === undefined ? {} : { email }),
  ...(department === undefined ? {} : { department }),
});

/** Users of any state: an agent who has left is still the one who took the call. */
export const genesysUsers = (client: GenesysClient): GenesysUsers => ({
  getUsers: (ids) => {
    const query = new URLSearchParams({ pageSize: String(ids.length), state: "any" });
    for (const id of ids) query.append("id", id);
    return pipe(
      client.get(`/api/v2/users?${query}`, UserListing),
      TE.map(({ entities }) => entities.map(toUser)),
    );
  },
});
