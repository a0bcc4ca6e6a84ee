import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dev, floodgate, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

/** What a command says on standard error when its reader is gone before it writes. */
const intoClosedPipe = (args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve) => {
    const command = [process.execPath, "cli/main.ts", ...args].map((arg) => `'${arg}'`).join(" ");
    execFile("bash", ["-c", `${command} | true`], (_, __, stderr) => resolve(stderr));
  });

describe("a command whose output nobody reads to the end", () => {
  let dev: Dev;
  beforeAll(async () => {
    dev = await startDev(newFolder());
    await floodgate("map", "refresh", "--outputs", dev.outputs);
  });
  afterAll(() => dev.stop());

  it.each([
    ["map", "refresh"],
    ["map", "show"],
    ["status"],
    ["doctor"],
    ["failed", "list"],
    ["dropped", "--since", "1h"],
    ["send", "--count", "3"],
  ])("ends quietly: %s %s", async (...args) => {
    expect(await intoClosedPipe([...args, "--outputs", dev.outputs])).toBe("");
  });

  it.each([["plan", "--json"], ["--help"], ["plan"]])("ends quietly: %s %s", async (...args) => {
    expect(await intoClosedPipe(args)).toBe("");
  });
});
