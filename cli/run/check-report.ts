import { closeSync, openSync } from "node:fs";
import { UsageError } from "../command.ts";

/** Before a run, whose result would else be lost with the report. */
export const checkReport = (file: string | undefined): void => {
  if (file === undefined) return;
  try {
    closeSync(openSync(file, "a", 0o600));
  } catch (error) {
    throw new UsageError(`--report ${file}: cannot be written (${error instanceof Error ? error.message : error})`);
  }
};
