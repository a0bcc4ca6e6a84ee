import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { GetByIds } from "../ports.ts";
import type { User } from "../user.ts";
import { VendorId, VendorName } from "../vendor-text.ts";
import type { GenesysClient } from "./genesys-client.ts";
import { decodeEntities, Listing } from "./listing.ts";

/** `GET /api/v2/users` (SDK v259, UserEntityListing). */
const UserListing = Listing("UserListing");

/** The fields that events are enriched with. */
const ListedUser = t.intersection(
  [t.type({ id: VendorId }), t.partial({ name: VendorName, email: VendorName, department: VendorName })],
  "ListedUser",
);

const toUser = ({ id, name, email, department }: t.TypeOf<typeof ListedUser>): User => ({
  id,
  name: name ?? id,
  ...(email === undefined ? {} : { email }),
  ...(department === undefined ? {} : { department }),
});

/** Users of any state: an agent who has left is still the one who took the call. */
export const genesysUsers =
  (client: GenesysClient): GetByIds<User> =>
  (ids) => {
    const query = new URLSearchParams({ pageSize: String(ids.length), state: "any" });
    for (const id of ids) query.append("id", id);
    return pipe(
      client.get(`/api/v2/users?${query}`, UserListing),
      TE.map((listing) => {
        const { entities, leftOut } = decodeEntities(ListedUser, listing.entities);
        return { entities: entities.map(toUser), leftOut };
      }),
    );
  };
