import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plan, readStackFile } from "../infra/plan.ts";
import type { PlannedResource } from "../infra/planned-resource.ts";
import { type Command, exitCode, readOptions, UsageError } from "./command.ts";
import { number, say, table } from "./terminal.ts";

const stackFile = (stack: string): string => fileURLToPath(new URL(`../Pulumi.${stack}.yaml`, import.meta.url));

const overrides = (pairs: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--config ${pair}: has to be key=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

const grouped = (resources: ReadonlyArray<PlannedResource>): string => {
  const groups = Map.groupBy(resources, ({ type }) => type);
  return table(
    [...groups].map(([type, members]) => [type, number(members.length), members.map(({ name }) => name).join(", ")]),
  );
};

export const command: Command = {
  summary: "evaluate the program offline and print what it declares",
  help: `
Usage: npx floodgate plan [--stack NAME] [--config KEY=VALUE ...] [--json]

  --stack NAME         whose Pulumi.NAME.yaml to read (default: dev)
  --config KEY=VALUE   a configuration value instead of the file's, as JSON or text; may be repeated
  --json               an array of {"type", "name", "inputs"}; secrets as "[secret]"

Example: npx floodgate plan --config 'floodgate:processing={"batchSize":10}'
`,
  run: async (args) => {
    const options = readOptions(args, {
      stack: { type: "string", default: "dev" },
      config: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    });
    const file = stackFile(options.stack);
    if (!existsSync(file)) throw new UsageError(`--stack ${options.stack}: there is no Pulumi.${options.stack}.yaml`);
    const configuration = { ...readStackFile(file), ...overrides(options.config) };
    const resources = await plan({ stack: options.stack, configuration });
    if (options.json) say(JSON.stringify(resources));
    else say(`${grouped(resources)}\n\n  ${number(resources.length)} resources`);
    return exitCode.done;
  },
};
