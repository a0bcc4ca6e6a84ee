import * as t from "io-ts";

const bounded = (name: string, isRight: (text: string) => boolean): t.Type<string> => {
  const is = (value: unknown): value is string => typeof value === "string" && isRight(value);
  return new t.Type(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );
};

/** An id of the vendor's: what it uses are UUIDs; anything that an id could be is taken, and no text of any length. */
export const VendorId = bounded("VendorId", (text) => /^[\w.-]{1,64}$/.test(text));

/** A name, an address: Genesys allows far less; so bounded, a page of queues or a line cannot outgrow what carries it. */
export const VendorName = bounded("VendorName", (text) => text.length <= 256);
