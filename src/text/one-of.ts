import type * as t from "io-ts";
import { guarded } from "./guarded.ts";

/** A codec of some texts, in the form of the list that other code reads. */
export const oneOf = <A extends string>(name: string, values: ReadonlyArray<A>): t.Type<A, A, unknown> =>
  guarded(name, (value): value is A => values.some((each) => each === value));
