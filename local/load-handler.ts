import * as t from "io-ts";
import type { Create } from "./models/functions.ts";

const Module = t.type({ create: t.Function });

const isCreate = (value: unknown): value is Create => typeof value === "function";

/** The very modules that are bundled for Lambda. */
export const loadHandler = async (name: string): Promise<Create> => {
  const module: unknown = await import(`../handlers/${name}.ts`);
  if (!Module.is(module) || !isCreate(module.create)) throw new Error(`handlers/${name}.ts exports no create`);
  return module.create;
};
