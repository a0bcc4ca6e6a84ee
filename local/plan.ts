import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";

const PlannedResource = t.intersection(
  [t.type({ type: t.string, name: t.string, inputs: t.UnknownRecord }), t.partial({ options: t.UnknownRecord })],
  "PlannedResource",
);
export type PlannedResource = t.TypeOf<typeof PlannedResource>;

const Plan = t.array(PlannedResource, "Plan");

/** What the program declares, as `floodgate plan --json` prints it. */
export interface Plan {
  readonly all: ReadonlyArray<PlannedResource>;
  readonly ofType: (type: string) => ReadonlyArray<PlannedResource>;
}

/** A plan of these resources. */
export const planOf = (all: ReadonlyArray<PlannedResource>): Plan => ({
  all,
  ofType: (type) => all.filter((resource) => resource.type === type),
});

export const decodePlan = (json: string): Plan => {
  const all: unknown = JSON.parse(json);
  if (!Plan.is(all)) throw new Error("this is not what `floodgate plan --json` prints");
  return planOf(all);
};

/** The inputs of a resource, decoded with what a model needs of them; a program that lacks it does not run here. */
export const inputsOf = <A>(codec: t.Type<A, unknown, unknown>, resource: PlannedResource): A => {
  const decoded = codec.decode(resource.inputs);
  if (E.isRight(decoded)) return decoded.right;
  const paths = decoded.left.map(({ context }) => context.map(({ key }) => key).join("."));
  throw new Error(`${resource.type} ${resource.name}: the model cannot read ${paths.join(", ")}`);
};
