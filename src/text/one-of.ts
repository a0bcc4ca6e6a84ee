import * as t from "io-ts";

/** A codec of some texts, in the form of the list that other code reads. */
export const oneOf = <A extends string>(name: string, values: ReadonlyArray<A>): t.Type<A, A, unknown> => {
  const is = (value: unknown): value is A => values.some((each) => each === value);
  return new t.Type(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );
};
