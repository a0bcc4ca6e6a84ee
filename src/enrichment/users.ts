import { User } from "../genesys/user.ts";
import type { Kind } from "./known.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Genesys refuses a whole request for an id that is no UUID. It states no limit for ids; the URL's length is one. */
export const users: Kind<User> = {
  name: "user",
  codec: User,
  idOf: ({ id }) => id,
  isId: (text) => uuid.test(text),
  perRequest: 50,
};
