import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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

export const decodePlan = (json: string): Plan => {
  const decoded = Plan.decode(JSON.parse(json));
  if (E.isLeft(decoded)) throw new Error("this is not what `floodgate plan --json` prints");
  const all = decoded.right;
  return { all, ofType: (type) => all.filter((resource) => resource.type === type) };
};

const cli = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

/** The program could not be evaluated; the message is what it printed, such as the mistakes in a configuration. */
export class PlanError extends Error {}

/** Evaluates the program in a process of its own: Pulumi's runtime would not survive a second time, or another clock. */
export const evaluatePlan = async (
  stack: string,
  overrides: ReadonlyArray<string> = [],
  outputsFile?: string,
): Promise<Plan> => {
  const args = [cli, "plan", "--json", "--stack", stack, ...overrides.flatMap((each) => ["--config", each])];
  if (outputsFile !== undefined) args.push("--write-outputs", outputsFile);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
    return decodePlan(stdout);
  } catch (error) {
    const printed =
      error instanceof Error && "stderr" in error
        ? String(error.stderr)
            .trim()
            .replace(/^floodgate: /, "")
        : "";
    throw new PlanError(printed === "" ? String(error) : printed);
  }
};

/** The inputs of a resource, decoded with what a model needs of them; a program that lacks it does not run here. */
export const inputsOf = <A>(codec: t.Type<A, unknown, unknown>, resource: PlannedResource): A => {
  const decoded = codec.decode(resource.inputs);
  if (E.isRight(decoded)) return decoded.right;
  const paths = decoded.left.map(({ context }) => context.map(({ key }) => key).join("."));
  throw new Error(`${resource.type} ${resource.name}: the model cannot read ${paths.join(", ")}`);
};
