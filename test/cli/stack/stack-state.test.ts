import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { newFolder } from "../../support/local-run.ts";

/** A Pulumi that prints these outputs and this history; it stands in for the CLI, which tests cannot have. */
const withPulumi = async (outputs: object, history: string): Promise<string> => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh\ncase "$*" in *history*) printf '%s' '${history}';; *) printf '%s' '${JSON.stringify(outputs)}';; esac\n`;
  writeFileSync(join(folder, "npx"), script);
  chmodSync(join(folder, "npx"), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  try {
    return await readStackOutputs({ stack: "prod" }).then(
      () => "read",
      (error: Error) => error.message.split("\n")[0] ?? "",
    );
  } finally {
    process.env.PATH = path;
  }
};

const updates = (...of: ReadonlyArray<readonly [string, string]>): string =>
  JSON.stringify(of.map(([kind, result]) => ({ kind, result, startTime: "2026-01-05T09:00:00.000Z" })));

describe("a stack without its outputs", () => {
  it.each<[object, string, string]>([
    [{}, "[]", "the stack prod is initialised, but was never deployed"],
    [{}, "null", "the stack prod is initialised, but was never deployed"],
    [{}, "no JSON", "the stack prod has no outputs: it was never deployed, or has been destroyed"],
    [{}, updates(["refresh", "succeeded"], ["destroy", "succeeded"]), "the stack prod has been destroyed"],
    [{}, updates(["destroy", "succeeded"]), "the stack prod has been destroyed"],
    [{}, updates(["destroy", "failed"]), "the last destroy of the stack prod ended halfway (failed)"],
    [{ busName: "b" }, updates(["update", "failed"]), "the last update of the stack prod ended halfway (failed)"],
    [
      { busName: "b" },
      updates(["update", "succeeded"]),
      "the stack prod was deployed by another release than this one",
    ],
    [{}, updates(["update", "succeeded"]), "the stack prod has no outputs: is it a stack of this project?"],
  ])("%j after %s is told as what it is", async (outputs, history, words) => {
    expect(await withPulumi(outputs, history)).toBe(words);
  });
});
