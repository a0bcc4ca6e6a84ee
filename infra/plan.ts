import * as pulumi from "@pulumi/pulumi";
import { planOnly } from "./bundle.ts";
import { mockState } from "./mock-state.ts";
import { type PlannedResource, plainInputs } from "./planned-resource.ts";

export interface PlanOptions {
  readonly stack: string;
  /** The stack's configuration as Pulumi would hand it over. */
  readonly configuration: Readonly<Record<string, string>>;
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

/**
 * Evaluates the program offline against Pulumi's mock monitor and answers every resource with the inputs that the
 * program gave it; outputs of other resources appear with the values of infra/mock-state.ts. Once per process:
 * Pulumi keeps its runtime in module state.
 */
export const plan = async ({ stack, configuration }: PlanOptions): Promise<Plan> => {
  const resources: { type: string; name: string; inputs: Promise<PlannedResource["inputs"]> }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: plainInputs(inputs) });
        return mockState(type, name, inputs);
      },
      call: ({ token }) => {
        if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: "123456789012" };
        if (token === "aws:secretsmanager/getRandomPassword:getRandomPassword") return { randomPassword: "random" };
        if (token === "aws:index/getRegion:getRegion") return { region: configuration["aws:region"] ?? "" };
        throw new Error(`the program calls ${token}, for which infra/plan.ts has no answer`);
      },
    },
    "floodgate",
    stack,
  );
  planOnly();
  pulumi.runtime.setAllConfig({ ...configuration });
  const program = await import("../index.ts");
  const outputs = await plainOutputs(program);
  await pulumi.runtime.disconnect();
  const planned = await Promise.all(resources.map(async ({ inputs, ...rest }) => ({ ...rest, inputs: await inputs })));
  const resourcesInOrder = planned
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .toSorted((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
  return { resources: resourcesInOrder, outputs };
};
