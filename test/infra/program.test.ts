import { beforeAll, describe, expect, it } from "vitest";
import { readStackFile } from "../../infra/plan/stack-file.ts";
import { type EngineRun, runWithStubEngine } from "../support/stub-engine.ts";

const configuration = readStackFile("Pulumi.dev.yaml");

const genesys = '{"region":"mypurecloud.de","clientId":"id","clientSecret":"plain-text-secret"}';
const withGenesys = { ...configuration, "floodgate:genesys": genesys };
const secretKeys = ["floodgate:genesys"];
const stack = "a-stack-whose-name-is-much-too-long-for-aws";

describe("the program in Pulumi's own node runtime", () => {
  let update: EngineRun;
  let preview: EngineRun;
  beforeAll(async () => {
    update = await runWithStubEngine({ configuration: withGenesys, secretKeys, isPreview: false, stack });
    preview = await runWithStubEngine({ configuration: withGenesys, secretKeys, isPreview: true, stack });
  });

  it("declares every resource in an update", () => {
    expect({ exitCode: update.exitCode, messages: update.messages }).toStrictEqual({ exitCode: 0, messages: "" });
    expect(update.registered.map(({ type, name }) => `${type} ${name}`)).toContain(
      "aws:lambda/function:Function process-batch",
    );
  });

  it("gives names of its own where the stack's is long, and every name has its length", () => {
    const { registered } = update;
    const of = (type: string) =>
      registered.filter((each) => each.type === type).map(({ inputs }) => String(Object(inputs).name));
    const functions = of("aws:lambda/function:Function");
    expect([functions.length > 5, functions.every((name) => name.length <= 64)]).toStrictEqual([true, true]);
    expect(new Set(functions).size).toBe(functions.length);
    expect(of("aws:cloudwatch/logGroup:LogGroup").length).toBeGreaterThan(5);
    // What is deployed already keeps the name it has: a buffer that is replaced loses what waits in it.
    const ignored = (type: string) => registered.filter((each) => each.type === type).map((each) => each.ignoreChanges);
    expect(new Set(ignored("aws:sqs/queue:Queue").map((names) => names.includes("name"))).has(true)).toBe(true);
    expect(ignored("aws:lambda/function:Function").every((names) => names.includes("name"))).toBe(true);
    expect(ignored("aws:cloudwatch/eventArchive:EventArchive")).toStrictEqual([[]]);
  });

  it("hands over bundles as files with their hashes, not as texts that every checkpoint would carry", () => {
    const { registered } = preview;
    const functions = registered.filter(({ type }) => type === "aws:lambda/function:Function");
    const codes = functions.map(({ name, inputs }) => [name, Object(inputs)["code"].assets["index.mjs"]] as const);
    expect(codes.length).toBeGreaterThan(5);
    for (const [name, asset] of codes) {
      expect([name, asset.path, asset.text]).toStrictEqual([name, `dist/${stack}/${name}/index.mjs`, undefined]);
    }
    // Nothing of a preview is larger than a definition of a state machine.
    const largest = Math.max(...registered.map(({ inputs }) => JSON.stringify(inputs).length));
    expect(largest).toBeLessThan(20_000);
  });

  it("declares the same resources in a preview, where every output is unknown", () => {
    expect({ exitCode: preview.exitCode, messages: preview.messages }).toStrictEqual({ exitCode: 0, messages: "" });
    const names = ({ registered }: EngineRun) => registered.map(({ type, name }) => `${type} ${name}`).toSorted();
    expect(names(preview)).toStrictEqual(names(update));
  });

  it("names every mistake in the configuration and declares nothing", async () => {
    const wrong = { ...configuration, "floodgate:admission": '{"minPriority":"high"}', "floodgate:retries": "{}" };
    const run = await runWithStubEngine({ configuration: wrong, isPreview: true });
    expect(run.exitCode).not.toBe(0);
    expect(run.messages).toContain('floodgate:admission.minPriority is "high": it has to be a whole number');
    expect(run.messages).toContain("floodgate:retries is {}: it is not a key (did you mean `retry`?)");
    expect(run.registered.filter(({ type }) => type.startsWith("aws:"))).toStrictEqual([]);
  });

  it("refuses a client secret that stands in the stack's file as plain text, and takes an encrypted one", async () => {
    const refused = await runWithStubEngine({ configuration: withGenesys, isPreview: true });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.messages).toContain(
      "floodgate:genesys.clientSecret is [secret]: it stands in the stack's file as plain text",
    );
    expect(refused.messages).toContain("npx pulumi config set --secret --path floodgate:genesys.clientSecret");
    expect(refused.messages).not.toContain("plain-text-secret");
    expect([preview.exitCode, preview.messages]).toStrictEqual([0, ""]);
    expect(preview.registered.map(({ type, name }) => `${type} ${name}`)).toContain(
      "aws:secretsmanager/secretVersion:SecretVersion genesys-client",
    );
  });
});
