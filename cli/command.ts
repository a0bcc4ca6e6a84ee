import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";

/** How a command ended: done, failed or a bad verdict, used wrongly. */
export const exitCode = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface Command {
  readonly summary: string;
  /** Everything that `--help` prints below the summary. */
  readonly help: string;
  readonly run: (args: ReadonlyArray<string>) => Promise<ExitCode>;
}

/** The command was called wrongly; printed without a stack, exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Strict parsing of a command's options; an unknown or incomplete one is a UsageError. */
export const readOptions = <O extends Options>(args: ReadonlyArray<string>, options: O) => {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

/** An option that has to be a whole number of at least `least`. */
export const wholeNumber = (name: string, text: string | undefined, fallback: number, least = 1): number => {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new UsageError(`--${name} ${text}: has to be a whole number of at least ${least}`);
};
