import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";
import { suggest } from "../infra/configuration/suggest.ts";

/** How a command ended: done, failed or a bad verdict, used wrongly. */
export const exitCode = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface Command {
  readonly summary: string;
  /** Everything that `--help` prints below the summary. */
  readonly help: string;
  readonly run: (args: ReadonlyArray<string>) => Promise<ExitCode>;
}

/** A command before its module is loaded. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** The command was called wrongly; printed without a stack, exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Node's message for an option that is not known, with the one that was probably meant. */
const unknownOption = (message: string, known: ReadonlyArray<string>): string | undefined => {
  const [said, given] = /^Unknown option '--?([^']*)'/.exec(message) ?? [];
  if (said === undefined || given === undefined) return undefined;
  const meant = suggest(given, known);
  return meant === undefined
    ? `${said}; known are ${known.map((each) => `--${each}`).join(", ")}`
    : `${said}: did you mean --${meant}?`;
};

/** Strict parsing of a command's options; an unknown or incomplete one is a UsageError. */
export const readOptions = <O extends Options>(args: ReadonlyArray<string>, options: O) => {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(unknownOption(message, Object.keys(options)) ?? message);
  }
};

/** An option that has to be a whole number of at least `least`. */
export const wholeNumber = (name: string, text: string | undefined, fallback: number, least = 1): number => {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  throw new UsageError(`--${name} ${text}: has to be a whole number of at least ${least}`);
};
