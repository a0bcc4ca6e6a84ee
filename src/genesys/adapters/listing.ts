import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import type { LeftOut } from "../left-out.ts";
import type { Listed } from "../ports.ts";
import { VendorId } from "../vendor-text.ts";
import { fieldsOf } from "./response.ts";

/** A listing of the Platform API as it comes: what is in it is decoded one by one, so that one costs only itself. */
export const Listing = (name: string) =>
  t.intersection(
    [t.type({ entities: t.array(t.unknown) }), t.partial({ total: t.unknown, pageCount: t.unknown })],
    name,
  );

const Identified = t.type({ id: VendorId });

/** Longest path that is kept of an entity: as much as a person reads. */
const longestPath = 200;

/** Those entities that are as documented, and of each other one its id and the paths of what is wrong. */
export const decodeEntities = <A>(codec: t.Type<A, unknown, unknown>, listed: ReadonlyArray<unknown>): Listed<A> => {
  const entities: A[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, entity] of listed.entries()) {
    const decoded = codec.decode(entity);
    if (E.isRight(decoded)) entities.push(decoded.right);
    else {
      const paths = fieldsOf(decoded.left).map((field) =>
        ["entities", index, ...(field === "" ? [] : [field])].join("."),
      );
      const path = paths.join(", ").slice(0, longestPath);
      leftOut.push(Identified.is(entity) ? { id: entity.id, path } : { path });
    }
  }
  return { entities, leftOut };
};

/** A number of a listing that says how many there are; undefined for what is none. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
