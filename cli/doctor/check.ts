import { explainError } from "../explain-error.ts";

export type Verdict = "ok" | "warning" | "problem" | "skipped";

/** One line of `floodgate doctor`: what was looked at, what was found, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly found: string;
  readonly advice?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, verdict: "ok", found });

export const skipped = (check: string, found: string): Finding => ({ check, verdict: "skipped", found });

export const warning = (check: string, found: string, advice: string): Finding => ({
  check,
  verdict: "warning",
  found,
  advice,
});

export const problem = (check: string, found: string, advice: string): Finding => ({
  check,
  verdict: "problem",
  found,
  advice,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Turns an error of AWS into a line; what nobody can explain is shown as AWS worded it. */
export const problemOf = (check: string, error: unknown, fallback: string): Finding => {
  const explained = explainError(error);
  return explained === undefined
    ? problem(check, messageOf(error), fallback)
    : problem(check, `${explained.what}: ${messageOf(error)}`, explained.advice);
};
