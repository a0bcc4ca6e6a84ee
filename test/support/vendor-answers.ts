import { readFileSync } from "node:fs";
import * as fc from "fast-check";

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json };
export type Path = ReadonlyArray<string | number>;

/** A payload as Genesys sends it, of test/samples/genesys. */
export const sample = (file: string): Json => JSON.parse(readFileSync(`test/samples/genesys/${file}`, "utf8"));

/** Every place in a value, objects and lists themselves included. */
export const pathsIn = (value: Json, at: Path = []): ReadonlyArray<Path> => {
  if (typeof value !== "object" || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, each]) =>
    pathsIn(each as Json, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length === 0 ? inside : [at, ...inside];
};

export const removed = Symbol("removed");
export type Changed = Json | typeof removed;

/** The value with another one at a place, or with nothing there. */
export const change = (value: Json, [key, ...rest]: Path, to: Changed): Json => {
  if (key === undefined || typeof value !== "object" || value === null) return to === removed ? null : to;
  if (Array.isArray(value)) {
    if (rest.length === 0 && to === removed) return value.filter((_, index) => index !== key);
    return value.map((each, index) => (index === key ? change(each, rest, to) : each));
  }
  const entries = Object.entries(value as { readonly [name: string]: Json });
  return Object.fromEntries(
    entries
      .filter(([name]) => !(name === key && rest.length === 0 && to === removed))
      .map(([name, each]) => [name, name === key ? change(each, rest, to) : each]),
  );
};

/** What may stand where something else is documented: nothing, null, another type, or anything at all. */
export const anything: fc.Arbitrary<Changed> = fc.oneof(
  fc.constant(removed),
  fc.constantFrom<Json>(null, "", 0, -1, 1.5, true, [], {}, "PriorityOnly", "x".repeat(100_000), {
    name: "longestIdle",
  }),
  fc.constant<Json>({ id: null, name: [null], entities: { entities: [] } }),
  fc.jsonValue().map((value) => value as Json),
);
