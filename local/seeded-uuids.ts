import crypto, { type UUID } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const hexDigits = (random: () => number, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join("");

/** Lets everything in the process make the same UUIDs for the same chances; answers how to undo it. */
export const seedUuids = (random: () => number): (() => void) => {
  const { randomUUID } = crypto;
  const seeded = (): UUID =>
    `${hexDigits(random, 8)}-${hexDigits(random, 4)}-4${hexDigits(random, 3)}-8${hexDigits(random, 3)}-${hexDigits(random, 12)}`;
  const use = (make: typeof randomUUID): void => {
    Object.assign(crypto, { randomUUID: make });
    // So that what has imported the function by its name gets it as well.
    syncBuiltinESMExports();
  };
  use(seeded);
  return () => use(randomUUID);
};
