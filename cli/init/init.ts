import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { type Command, exitCode, readOptions, UsageError } from "../command.ts";
import { evaluatePlan } from "../plan/evaluate-plan.ts";
import { paint, progressLine, say } from "../terminal.ts";
import { checkAnswers, secretStandIn, valuesOf } from "./answers.ts";
import { type Ask, askAnswers, type Said } from "./ask-answers.ts";
import { findInGenesys, findPartnerSources } from "./found.ts";
import { stackFileText } from "./stack-file-text.ts";

const options = {
  stack: { type: "string" },
  "aws-region": { type: "string" },
  "partner-source": { type: "string" },
  topic: { type: "string", multiple: true },
  "genesys-region": { type: "string" },
  "client-id": { type: "string" },
  "first-queue": { type: "string", multiple: true },
  "events-per-minute": { type: "string" },
  "peak-events-per-minute": { type: "string" },
  email: { type: "string" },
  force: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Pulumi's own rule for names of stacks. */
const stackName = /^[A-Za-z0-9_.-]{1,100}$/;

/** What Pulumi writes into a stack's file, and nobody can make again. */
const kept = /^\s*(secure|encryptionsalt|encryptedkey):/m;

const fileOf = (stack: string | undefined, mayReplace: boolean): string => {
  if (stack === undefined) throw new UsageError("name the stack: --stack prod");
  if (!stackName.test(stack))
    throw new UsageError(`--stack ${stack}: has to be letters, digits, hyphens, underscores and dots`);
  const file = fileURLToPath(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url));
  if (!existsSync(file)) return file;
  if (!mayReplace) throw new UsageError(`there is a Pulumi.${stack}.yaml already; --force writes it anew`);
  if (kept.test(readFileSync(file, "utf8")))
    throw new UsageError(
      `Pulumi.${stack}.yaml holds secrets or what they are encrypted with; change it by pulumi config set`,
    );
  return file;
};

/** Asks on a terminal; where nobody can answer, everything that was not said is as in brackets. */
const asking = (isAsked: boolean): { readonly ask: Ask; readonly close: () => void } => {
  if (!isAsked) return { ask: async (_, fallback) => fallback, close: () => undefined };
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return {
    ask: async (question, fallback) => {
      const answer = (await terminal.question(`${question}${fallback === "" ? "" : ` [${fallback}]`}: `)).trim();
      return answer === "" ? fallback : answer;
    },
    close: () => terminal.close(),
  };
};

/** Writes the file; when the program does not take it, what was there before is there again. */
const writeChecked = async (
  file: string,
  stack: string,
  values: Readonly<Record<string, unknown>>,
): Promise<number> => {
  const before = existsSync(file) ? readFileSync(file) : undefined;
  const line = progressLine();
  const undo = (): void => {
    if (before === undefined) rmSync(file, { force: true });
    else writeFileSync(file, before);
  };
  const interrupted = (): void => {
    undo();
    process.exit(exitCode.failed);
  };
  process.once("SIGINT", interrupted);
  try {
    writeFileSync(file, stackFileText(stack, values));
    line.show("evaluating the program with it");
    return (await evaluatePlan(stack, secretStandIn(values))).all.length;
  } catch (error) {
    undo();
    throw error;
  } finally {
    process.off("SIGINT", interrupted);
    line.clear();
  }
};

/** Undefined: to be asked for; empty: a bus of the stack's own. */
const sourceOf = (given: string | undefined, isAsked: boolean): string | undefined => {
  if (given === undefined) return isAsked ? undefined : "";
  return given === "custom" ? "" : given;
};

const nextCommands = (stack: string, values: Readonly<Record<string, unknown>>): ReadonlyArray<string> => [
  `npx pulumi stack select --create ${stack}`,
  ...(Object.hasOwn(values, "floodgate:genesys")
    ? ["npx pulumi config set --secret --path floodgate:genesys.clientSecret"]
    : []),
  `npx floodgate doctor --before-up --stack ${stack}`,
  "npx pulumi up",
];

export const command: Command = {
  summary: "write the configuration of a new stack, check it, and say what comes next",
  help: `
Usage: npx floodgate init --stack NAME [options]

Asks for what is not said by an option, and offers what it finds: with AWS credentials in the environment the partner
event sources of the account, with GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET the topics of the organisation. Where
nobody can answer (no terminal, or --json) it takes the defaults. Writes Pulumi.NAME.yaml, with nothing secret in it, and checks it
with the program's own rules and by a plan; what does not pass is not left behind.

  --stack NAME                  the stack
  --aws-region R                where everything is made (default: eu-central-1)
  --partner-source NAME         aws.partner/genesys.com/cloud/...; custom: a bus of the stack's own (default)
  --topic T                     a detail-type to take; may be repeated (default: all)
  --genesys-region R            such as mypurecloud.de; without it no names and no priorities
  --client-id ID                of the OAuth client; its secret is set by pulumi config set --secret
  --first-queue NAME            queues that are admitted first, by name with *; may be repeated
  --events-per-minute N         on an average day (default: 1000)
  --peak-events-per-minute N    in a campaign (default: 10000)
  --email A                     where alarms are sent
  --force                       write a file anew that is there, with nothing of what it had; not one that holds a secret
  --json                        {"file", "resources", "next"}

Example:
  npx floodgate init --stack try --aws-region eu-central-1 --partner-source custom
`,
  run: async (args) => {
    const given = readOptions(args, options);
    const file = fileOf(given.stack, given.force);
    const stack = given.stack ?? "";
    const isAsked = process.stdin.isTTY === true && !given.json;
    const said: Said = {
      awsRegion: given["aws-region"],
      // What is found is offered, and never taken where nobody can be asked.
      partnerSource: sourceOf(given["partner-source"], isAsked),
      topics: given.topic,
      genesysRegion: given["genesys-region"],
      clientId: given["client-id"],
      firstQueues: given["first-queue"],
      eventsPerMinute: given["events-per-minute"],
      peakEventsPerMinute: given["peak-events-per-minute"],
      email: given.email,
    };
    const { ask, close } = asking(isAsked);
    const answers = await askAnswers(said, {
      ask,
      say: (line) => {
        if (!given.json) say(paint("dim", line));
      },
      partnerSources: (region) => findPartnerSources(region, process.env),
      genesysTopics: (region) => findInGenesys(region, process.env),
    }).finally(close);
    const values = valuesOf(answers);
    checkAnswers(values);
    const resources = await writeChecked(file, stack, values);
    const next = nextCommands(stack, values);
    say(
      given.json
        ? JSON.stringify({ file, resources, next })
        : [
            `Pulumi.${stack}.yaml is written; the program takes it, and declares ${resources} resources with it.`,
            "",
            paint("bold", "Next"),
            ...next.map((line) => `  ${line}`),
          ].join("\n"),
    );
    return exitCode.done;
  },
};
