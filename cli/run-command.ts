import { type CommandEntry, exitCode, UsageError } from "./command.ts";
import { commands as others } from "./commands.ts";
import { describeFailure } from "./explain-error.ts";
import { complain, say, table } from "./terminal.ts";

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
    "Exit codes: 0 success, 1 failed or needs attention, 2 wrong usage.",
  ].join("\n");

const find = async ([name, ...args]: ReadonlyArray<string>): Promise<number> => {
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

/** Runs the command that the words name; whatever goes wrong is told on standard error. Answers the exit code. */
export const runCommand = async (words: ReadonlyArray<string>): Promise<number> => {
  try {
    return await find(words);
  } catch (error) {
    complain(`floodgate: ${describeFailure(error)}`);
    if (!(error instanceof UsageError) && process.env["FLOODGATE_DEBUG"] !== undefined) console.error(error);
    return error instanceof UsageError ? exitCode.usage : exitCode.failed;
  }
};
