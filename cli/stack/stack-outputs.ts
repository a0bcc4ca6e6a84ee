import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { PriorityRules } from "../../src/priorities/priority-rule.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { UsageError } from "../command.ts";
import { stackState } from "./stack-state.ts";

/** What commands know a stack by; `endpoint` only where the cloud is a local one. */
const StackOutputs = t.intersection([
  t.type({
    busName: t.string,
    bufferUrl: t.string,
    bucketName: t.string,
    deliveriesTable: t.string,
    failedEventsTable: t.string,
    mappingId: t.string,
    queuePrioritiesTable: t.string,
    admissionLogTable: t.string,
    deliveryStreamName: t.string,
    /** Empty where the stack has no Genesys organisation. */
    refreshMachineArn: t.string,
    retryMachineArn: t.string,
    /** These three are empty where the stack has no organisation, or takes its events from a custom bus. */
    genesysDomain: t.string,
    genesysSecretArn: t.string,
    eventSourceName: t.string,
    topics: t.array(t.string),
    processBatchFunction: t.string,
    transformRecordsFunction: t.string,
    shards: t.number,
    excess: t.string,
    bufferSeconds: t.number,
    redact: t.array(t.string),
    sourcePrefix: t.string,
    admission: t.type({ enabled: t.boolean, minPriority: t.number, limit: t.number, unknownQueue: t.string }),
    /** Empty where the stack has no archive. */
    archiveArn: t.string,
    ruleArn: t.string,
    busArn: t.string,
    refreshMinutes: t.number,
    /** What retries and imports together may deliver. */
    retryBytesPerSecond: t.number,
  }),
  t.partial({
    /** An older release has none. */
    malformedPercent: t.number,
    endpoint: t.string,
    accessKey: t.string,
    genesysUrl: t.string,
    priorityRules: PriorityRules,
    athenaDatabase: t.string,
    athenaWorkgroup: t.string,
    serviceLevelSeconds: t.number,
  }),
]);
export type StackOutputs = t.TypeOf<typeof StackOutputs>;

export const stackOptions = {
  stack: { type: "string" },
  outputs: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export const stackHelp = `  --stack NAME      a deployed stack, by \`pulumi stack output\`
  --outputs FILE    a stack by its outputs, such as the out/outputs.json of floodgate dev`;

const readFile = (file: string): string => {
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new UsageError(`--outputs ${file}: there is no such file; \`npx floodgate dev\` writes out/outputs.json`);
};

const pulumi = async (stack: string, ...args: ReadonlyArray<string>): Promise<string> => {
  const { stdout } = await promisify(execFile)("npx", ["pulumi", "stack", ...args, "--json", "--stack", stack]);
  return stdout;
};

const askPulumi = async (stack: string): Promise<string> => {
  try {
    return await pulumi(stack, "output");
  } catch (error) {
    const printed = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new Error(
      `pulumi knows no outputs of the stack ${stack}: ${printed}\n` +
        "  -> `npx pulumi stack ls` lists the stacks of your backend (`npx pulumi login` first); deploy one with `npx pulumi up`.",
    );
  }
};

const isEmpty = (outputs: unknown): boolean => t.UnknownRecord.is(outputs) && Object.keys(outputs).length === 0;

/** The outputs of the stack that a command is called for. */
export const readStackOutputs = async (options: {
  readonly stack?: string | undefined;
  readonly outputs?: string | undefined;
}): Promise<StackOutputs> => {
  if (options.stack === undefined && options.outputs === undefined) {
    throw new UsageError(
      "name the stack: --stack NAME for a deployed one, --outputs out/outputs.json for floodgate dev",
    );
  }
  const text = options.outputs === undefined ? await askPulumi(options.stack ?? "") : readFile(options.outputs);
  const decoded = StackOutputs.decode(parseJson(text));
  if (E.isRight(decoded)) return decoded.right;
  const missing = decoded.left.map(({ context }) => context.at(-1)?.key ?? "").join(", ");
  if (options.outputs !== undefined) {
    throw new Error(`${options.outputs} does not hold the outputs of a Floodgate stack: ${missing} is missing`);
  }
  const stack = options.stack ?? "";
  // Only for the words of the error below: without it they are less exact.
  const history = await pulumi(stack, "history", "--page-size", "5").catch(() => undefined);
  throw new Error(stackState(stack, history, isEmpty(parseJson(text))));
};

/** The region of a deployed stack, as its ARNs have it. */
export const regionOf = ({ retryMachineArn }: StackOutputs): string => retryMachineArn.split(":")[3] ?? "";

/** By whom requests to a cloud of this machine are made. */
export const commandCaller = "floodgate-command";

/** Settings of a command's AWS clients: a local cloud by its endpoint, else the machine's own credentials. */
export const clientSettings = (outputs: StackOutputs) =>
  outputs.endpoint === undefined
    ? { region: regionOf(outputs) }
    : {
        endpoint: outputs.endpoint,
        region: "eu-central-1",
        disableHostPrefix: true,
        credentials: { accessKeyId: `${commandCaller}.${outputs.accessKey ?? ""}`, secretAccessKey: "local" },
      };
