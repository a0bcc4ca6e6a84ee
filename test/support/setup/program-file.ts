import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { newFolder } from "../local-run.ts";

/** A file with a program for a child process. */
export const programFile = (text: string): string => {
  const file = join(newFolder(), "program.mjs");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};
