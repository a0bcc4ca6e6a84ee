import * as E from "fp-ts/lib/Either.js";
import type * as t from "io-ts";

/** Path and expected type only: the value itself may be a secret, or somebody's telephone number. */
const describe = ({ context }: t.ValidationError): string => {
  const path = context.map(({ key }) => key).filter((key) => key !== "" && !/^\d$/.test(key));
  return `  ${path.join(".")}: expected ${context.at(-1)?.type.name ?? "another value"}`;
};

/** Decodes what a function is started or invoked with; throws one error that names all mistakes at once. */
export const decodeOrThrow = <A>(codec: t.Type<A, unknown, unknown>, value: unknown): A => {
  const decoded = codec.decode(value);
  if (E.isRight(decoded)) return decoded.right;
  throw new Error(`not a valid ${codec.name}:\n${decoded.left.map(describe).join("\n")}`);
};
