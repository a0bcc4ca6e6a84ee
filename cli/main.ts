#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { type CommandEntry, exitCode, UsageError } from "./command.ts";
import { commands as others } from "./commands.ts";
import { describeFailure } from "./explain-error.ts";
import { complain, say, table } from "./terminal.ts";

// Half of the time of a short command would be compiling the SDK again.
enableCompileCache();

const commands: Readonly<Record<string, CommandEntry>> = {
  ...others,
  completion: {
    summary: "print what makes a shell complete commands and options",
    load: async () => ({ command: (await import("./completion.ts")).completionOf(commands) }),
  },
};

const usage = (): string =>
  [
    "floodgate: Genesys Cloud events from EventBridge to partitioned S3, at any volume",
    "",
    "Usage: npx floodgate <command> [options]",
    "",
    table(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    "",
    "Every command: --json (one object on standard output), --help.",
    "Exit codes: 0 done, 1 failed or a bad verdict, 2 wrong use.",
  ].join("\n");

const main = async ([name, ...args]: ReadonlyArray<string>): Promise<number> => {
  if (name === undefined || name === "--help" || name === "help") {
    say(usage());
    return name === undefined ? exitCode.usage : exitCode.done;
  }
  const entry = commands[name];
  if (entry === undefined) throw new UsageError(`there is no command ${name}; npx floodgate --help lists them`);
  const { command } = await entry.load();
  if (args.includes("--help")) {
    say(`floodgate ${name}: ${command.summary}\n\n${command.help.trim()}`);
    return exitCode.done;
  }
  return command.run(args);
};

// Whoever reads our output may stop before its end (`| head`): that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? exitCode.done);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    complain(`floodgate: ${describeFailure(error)}`);
    if (!(error instanceof UsageError) && process.env["FLOODGATE_DEBUG"] !== undefined) console.error(error);
    process.exitCode = error instanceof UsageError ? exitCode.usage : exitCode.failed;
  },
);
