import { type Command, exitCode, readOptions, UsageError } from "../command.ts";
import {
  clientSettings,
  readStackOutputs,
  type StackOutputs,
  stackHelp,
  stackOptions,
} from "../stack/stack-outputs.ts";
import { counted, paint, plain, progressLine, say } from "../terminal.ts";
import { checkBeforeUp } from "./before-up.ts";
import type { Finding, Verdict } from "./check.ts";
import { checkArrivals } from "./check-arrivals.ts";
import { checkAws } from "./check-aws.ts";
import { checkEventSource } from "./check-event-source.ts";
import { checkGenesys } from "./check-genesys.ts";
import { checkMap } from "./check-map.ts";

const signs: Readonly<Record<Verdict, string>> = {
  ok: paint("green", "ok     "),
  warning: paint("yellow", "warning"),
  problem: paint("red", "problem"),
  skipped: paint("dim", "skipped"),
};

const checkWidth = 26;

const lineOf = ({ check, verdict, found, advice }: Finding): string =>
  `  ${signs[verdict]}  ${check.padEnd(checkWidth)}  ${plain(found)}${advice === undefined ? "" : `\n           ${paint("bold", "->")} ${advice}`}`;

const examine = async (outputs: StackOutputs): Promise<ReadonlyArray<Finding>> => {
  const { findings, isReachable } = await checkAws(outputs);
  if (!isReachable) return findings;
  const [source, arrivals, genesys, map] = await Promise.all([
    checkEventSource(outputs),
    checkArrivals(outputs),
    checkGenesys(outputs),
    checkMap(outputs),
  ]);
  return [...findings, source, arrivals, ...genesys, map];
};

interface Options {
  readonly stack?: string | undefined;
  readonly outputs?: string | undefined;
  readonly config: ReadonlyArray<string>;
}

const examineStack = async (options: Options): Promise<ReadonlyArray<Finding>> =>
  examine(await readStackOutputs(options));

/** With --outputs as well it is the account of a local cloud that is asked. */
const beforeUp = async ({ stack, outputs, config }: Options): Promise<ReadonlyArray<Finding>> => {
  if (stack === undefined) throw new UsageError("name the stack: --before-up --stack NAME");
  const settings = outputs === undefined ? undefined : clientSettings(await readStackOutputs({ outputs }));
  return checkBeforeUp(stack, config, settings);
};

const countOf = (findings: ReadonlyArray<Finding>, verdict: Verdict): number =>
  findings.filter((finding) => finding.verdict === verdict).length;

const summaryOf = (findings: ReadonlyArray<Finding>): string => {
  const problems = countOf(findings, "problem");
  const warnings = countOf(findings, "warning");
  if (problems > 0) return paint("red", `${counted(problems, "problem")}, ${counted(warnings, "warning")}.`);
  return warnings > 0
    ? paint("yellow", `${counted(warnings, "warning")}.`)
    : paint("green", "Everything is as it should be.");
};

export const command: Command = {
  summary: "check what a stack needs in AWS and in Genesys, and say what to do",
  help: `
Usage: npx floodgate doctor (--stack NAME | --outputs FILE) [--json]
       npx floodgate doctor --before-up --stack NAME [--config KEY=VALUE ...] [--json]

Looks at credentials, region, permissions, the event source mapping, the partner event source, the last arrival, the OAuth
client, its permission, the topics that the organisation offers, and the age of the queue priority map. Changes nothing. Each line
that is not ok says what to do. Exit code 1 if there is a problem.

  --before-up       compare Pulumi.NAME.yaml with the account's quotas, before anything is made
  --config K=V      with --before-up: a value instead of the file's; may be repeated

${stackHelp}
  --json            {"findings": [{"check", "verdict", "found", "advice"}]}

Example: npx floodgate doctor --outputs out/outputs.json
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...stackOptions,
      "before-up": { type: "boolean", default: false },
      config: { type: "string", multiple: true, default: [] },
    });
    const line = progressLine();
    line.show("looking at AWS and Genesys");
    const findings = await (options["before-up"] ? beforeUp(options) : examineStack(options)).finally(line.clear);
    if (options.json) say(JSON.stringify({ findings }));
    else say(`${findings.map(lineOf).join("\n")}\n\n  ${summaryOf(findings)}`);
    return countOf(findings, "problem") > 0 ? exitCode.failed : exitCode.done;
  },
};
