import * as t from "io-ts";

/** An entity of a listing that is not as documented, and so is left out: its place, its fields, its id where it has one. */
export const LeftOut = t.exact(t.intersection([t.type({ path: t.string }), t.partial({ id: t.string })]), "LeftOut");
export type LeftOut = t.TypeOf<typeof LeftOut>;

export const LeftOuts = t.array(LeftOut, "LeftOuts");
