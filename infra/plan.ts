import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { mockState } from "./mock-state.ts";
import { type PlannedResource, plainInputs } from "./planned-resource.ts";

export interface PlanOptions {
  readonly stack: string;
  /** The stack's configuration as Pulumi would hand it over. */
  readonly configuration: Readonly<Record<string, string>>;
}

const encryptedPlaceholder = "[encrypted]";

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

const decrypted = (_key: string, value: unknown): unknown => (isEncrypted(value) ? encryptedPlaceholder : value);

const asText = (value: unknown): string =>
  typeof value === "string" ? value : isEncrypted(value) ? encryptedPlaceholder : JSON.stringify(value, decrypted);

/** Reads `Pulumi.<stack>.yaml`; encrypted values become a placeholder, because the plan is made offline. */
export const readStackFile = (file: string): Readonly<Record<string, string>> => {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config: unknown =
    typeof document === "object" && document !== null && "config" in document ? document.config : {};
  return Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, asText(value)]));
};

/**
 * Evaluates the program offline against Pulumi's mock monitor and answers every resource with the inputs that the
 * program gave it; outputs of other resources appear with the values of infra/mock-state.ts. Once per process:
 * Pulumi keeps its runtime in module state.
 */
export const plan = async ({ stack, configuration }: PlanOptions): Promise<ReadonlyArray<PlannedResource>> => {
  const resources: { type: string; name: string; inputs: Promise<PlannedResource["inputs"]> }[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs: plainInputs(inputs) });
        return mockState(type, name, inputs);
      },
      call: ({ token }) => {
        if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: "123456789012" };
        throw new Error(`the program calls ${token}, for which infra/plan.ts has no answer`);
      },
    },
    "floodgate",
    stack,
  );
  pulumi.runtime.setAllConfig({ ...configuration });
  await import("../index.ts");
  await pulumi.runtime.disconnect();
  const planned = await Promise.all(resources.map(async ({ inputs, ...rest }) => ({ ...rest, inputs: await inputs })));
  return planned
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .toSorted((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
};
