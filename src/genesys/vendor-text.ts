import { guarded } from "../text/guarded.ts";

const bounded = (name: string, isRight: (text: string) => boolean) =>
  guarded(name, (value): value is string => typeof value === "string" && isRight(value));

/** An id of the vendor's: what it uses are UUIDs; anything that an id could be is taken, and no text of any length. */
export const VendorId = bounded("VendorId", (text) => /^[\w.-]{1,64}$/.test(text));

/** A name, an address: Genesys allows far less; so bounded, a page of queues or a line cannot outgrow what carries it. */
export const VendorName = bounded("VendorName", (text) => text.length <= 256);
