import { writeFileSync } from "node:fs";
import { plan } from "../infra/plan.ts";
import type { PlannedResource } from "../infra/planned-resource.ts";
import { type Command, exitCode, readOptions } from "./command.ts";
import { stackConfiguration } from "./stack-configuration.ts";
import { number, say, table } from "./terminal.ts";

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
  --write-outputs F    also write the stack's outputs to a file, as a deployed stack would give them
  --json               an array of {"type", "name", "inputs"}; secrets as "[secret]"

Example: npx floodgate plan --config 'floodgate:processing={"batchSize":10}'
`,
  run: async (args) => {
    const options = readOptions(args, {
      stack: { type: "string", default: "dev" },
      config: { type: "string", multiple: true, default: [] },
      "write-outputs": { type: "string" },
      json: { type: "boolean", default: false },
    });
    const configuration = stackConfiguration(options.stack, options.config);
    const { resources, outputs } = await plan({ stack: options.stack, configuration });
    const outputsFile = options["write-outputs"];
    if (outputsFile !== undefined) writeFileSync(outputsFile, `${JSON.stringify(outputs, null, 2)}\n`);
    if (options.json) say(JSON.stringify(resources));
    else say(`${grouped(resources)}\n\n  ${number(resources.length)} resources`);
    return exitCode.done;
  },
};
