import * as pulumi from "@pulumi/pulumi";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { planOnly } from "../constructors/bundle.ts";
import { mockState } from "./mock-state.ts";
import { type PlannedOptions, type PlannedResource, plainInputs } from "./planned-resource.ts";

interface PlanOptions {
  readonly stack: string;
  /** The stack's configuration as Pulumi would hand it over. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Keys that hold something encrypted. */
  readonly secretKeys?: ReadonlyArray<string>;
}

export interface Plan {
  readonly resources: ReadonlyArray<PlannedResource>;
  /** The stack's outputs, as `pulumi stack output --json` would print them. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

const plainOutputs = async (program: Readonly<Record<string, unknown>>): Promise<Plan["outputs"]> => {
  const values = await Promise.all(
    Object.entries(program).map(
      ([name, value]) =>
        new Promise<readonly [string, unknown]>((resolve) => {
          const output: pulumi.Output<unknown> = pulumi.output(value);
          output.apply((plain) => resolve([name, plain]));
        }),
    ),
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
};

let evaluations = 0;

/** The program's module evaluates as it loads, so each evaluation loads it anew. */
const loadProgram = (): Promise<Readonly<Record<string, unknown>>> => {
  evaluations += 1;
  return import(`../../index.ts?evaluation=${evaluations}`);
};

const keyOf = (type: string, name: string): string => `${type} ${name}`;

const keyOfResource = (resource: pulumi.Resource): Promise<string> =>
  new Promise((resolve) => {
    resource.urn.apply((urn) => {
      const [, , qualified = "", name = ""] = urn.slice("urn:pulumi:".length).split("::");
      resolve(keyOf(qualified.split("$").at(-1) ?? "", name));
    });
  });

const plainOptions = async (given: pulumi.CustomResourceOptions): Promise<PlannedOptions | undefined> => {
  const resources = await new Promise<ReadonlyArray<pulumi.Resource>>((resolve) => {
    pulumi.output(given.dependsOn ?? []).apply((each) => resolve(Array.isArray(each) ? each : [each]));
  });
  const options = {
    ...(given.protect === true ? { protect: true as const } : {}),
    ...(given.retainOnDelete === true ? { retainOnDelete: true as const } : {}),
    ...(given.deleteBeforeReplace === true ? { deleteBeforeReplace: true as const } : {}),
    ...(given.ignoreChanges === undefined ? {} : { ignoreChanges: given.ignoreChanges }),
    ...(resources.length === 0 ? {} : { dependsOn: (await Promise.all(resources.map(keyOfResource))).toSorted() }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
};

/**
 * Evaluates the program offline against Pulumi's mock monitor and answers every resource with the inputs that the
 * program gave it; outputs of other resources appear with the values of infra/plan/mock-state.ts. One at a time in a
 * process, and none after one that failed: Pulumi keeps its runtime in module state.
 */
export const plan = async ({ stack, configuration, secretKeys = [] }: PlanOptions): Promise<Plan> => {
  const resources: { type: string; name: string; inputs: Promise<PlannedResource["inputs"]> }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: plainInputs(inputs) });
        return mockState(type, name, inputs);
      },
      call: ({ token }) => {
        if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: "123456789012" };
        if (token === "aws:index/getRegion:getRegion") return { region: configuration["aws:region"] ?? "" };
        throw new Error(`the program calls ${token}, for which infra/plan/plan.ts has no answer`);
      },
    },
    "floodgate",
    stack,
    false,
    "organization",
  );
  const options = new Map<string, Promise<PlannedOptions | undefined>>();
  planOnly();
  pulumi.runtime.setAllConfig({ ...configuration }, [...secretKeys]);
  let outputs: E.Either<unknown, Plan["outputs"]> = E.right({});
  // The stack reports an error of its program by itself, beside the one who asked for the plan.
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      options.set(keyOf(type, name), plainOptions(opts));
      return undefined;
    });
    outputs = await TE.tryCatch(
      async () => plainOutputs(await loadProgram()),
      (error) => error,
    )();
    return {};
  });
  if (E.isLeft(outputs)) throw outputs.left;
  await pulumi.runtime.disconnect();
  const planned = await Promise.all(
    resources.map(async ({ type, name, inputs }) => {
      const given = await options.get(keyOf(type, name));
      return { type, name, inputs: await inputs, ...(given === undefined ? {} : { options: given }) };
    }),
  );
  const resourcesInOrder = planned
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .toSorted((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
  return { resources: resourcesInOrder, outputs: outputs.right };
};
