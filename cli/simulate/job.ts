import * as t from "io-ts";
import { decodePlan } from "../../local/plan.ts";
import type { Variant } from "../../local/simulation/simulation.ts";

/** What a worker is told before its first swarm. */
export const Job = t.exact(
  t.intersection([
    t.type({
      /** A file with the configurations, as `writtenVariants` has them. */
      variantsFile: t.string,
      /** When everything takes place, epoch milliseconds. */
      start: t.number,
    }),
    /** A file of events of the user's own. */
    t.partial({ events: t.string }),
  ]),
  "Job",
);
export type Job = t.TypeOf<typeof Job>;

const WrittenVariant = t.type({
  name: t.string,
  plan: t.UnknownArray,
  rules: t.type({
    perQueueAndSecond: t.number,
    dropsUnknown: t.boolean,
    storesExcess: t.boolean,
    redacts: t.boolean,
  }),
  outputs: t.UnknownRecord,
});

const WrittenVariants = t.array(WrittenVariant, "WrittenVariants");

/** Configurations as JSON, for other processes. */
export const writtenVariants = (variants: ReadonlyArray<Variant>): string =>
  JSON.stringify(variants.map((variant) => ({ ...variant, plan: variant.plan.all })));

/** Reads what `writtenVariants` made of them; throws for any other text. */
export const readVariants = (text: string): ReadonlyArray<Variant> => {
  const written: unknown = JSON.parse(text);
  if (!WrittenVariants.is(written)) throw new Error("these are no configurations");
  return written.map((variant) => ({ ...variant, plan: decodePlan(JSON.stringify(variant.plan)) }));
};
