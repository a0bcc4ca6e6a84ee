import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../cli/command.ts";
import { takeOut } from "../../cli/out-folder.ts";
import { floodgate, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

const lock = ".floodgate-lock";

const refusal = (out: string): string => {
  try {
    takeOut(out).release();
    return "";
  } catch (error) {
    return error instanceof UsageError ? error.message : String(error);
  }
};

describe("the folder of a run", () => {
  it("is emptied if a run made it, and left alone if somebody else did", () => {
    const out = newFolder();
    takeOut(out).release();
    writeFileSync(join(out, "left"), "x");
    takeOut(out).release();
    expect(readdirSync(out)).toStrictEqual([".floodgate-run"]);
    const foreign = newFolder();
    mkdirSync(foreign, { recursive: true });
    writeFileSync(join(foreign, "mine"), "x");
    expect(refusal(foreign)).toContain("holds files that no run made");
    expect(readdirSync(foreign)).toStrictEqual(["mine"]);
  });

  it("belongs to one at a time, and nothing in it is touched meanwhile", () => {
    const out = newFolder();
    const folder = takeOut(out);
    writeFileSync(join(out, "at work"), "x");
    expect(refusal(out)).toMatch(
      new RegExp(`process ${process.pid} uses it since .*stop that run, or name another folder`),
    );
    expect(existsSync(join(out, "at work"))).toBe(true);
    folder.release();
    expect(refusal(out)).toBe("");
  });

  it.each([
    ["a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, since: "2026-01-05T09:00:00.000Z" })],
    ["a process whose number somebody else has by now", JSON.stringify({ pid: process.pid, since: "x", started: "0" })],
    ["a run that was ended while it wrote", '{"pi'],
    ["nobody", ""],
  ])("is taken over from %s", (_, text) => {
    const out = newFolder();
    takeOut(out).release();
    writeFileSync(join(out, lock), text);
    expect(refusal(out)).toBe("");
    expect(readdirSync(out)).toStrictEqual([".floodgate-run"]);
  });

  it("keeps a run out of that of a living dev, which goes on", async () => {
    const dev = await startDev(newFolder());
    const out = join(dev.outputs, "..");
    try {
      const ended = await floodgate("run", "--out", out);
      expect([ended.code, ended.stdout]).toStrictEqual([2, ""]);
      expect(ended.stderr).toContain("uses it since");
      expect(existsSync(dev.outputs)).toBe(true);
      expect((await floodgate("dev", "--out", out, "--port", "0")).code).toBe(2);
    } finally {
      await dev.stop();
    }
    expect(existsSync(join(out, lock))).toBe(false);
  });

  it("is not even looked at when the report could not be written", async () => {
    const out = newFolder();
    const ended = await floodgate("run", "--out", out, "--report", "/nowhere/at/all/report.html");
    expect([ended.code, ended.stdout]).toStrictEqual([2, ""]);
    expect(ended.stderr).toContain("--report /nowhere/at/all/report.html: cannot be written");
    expect(existsSync(out)).toBe(false);
  });

  it("refuses a run without harm to the report of an earlier one", async () => {
    const foreign = newFolder();
    mkdirSync(foreign, { recursive: true });
    writeFileSync(join(foreign, "mine"), "x");
    const report = join(newFolder(), "..", "report.html");
    writeFileSync(report, "of yesterday");
    const ended = await floodgate(
      "run",
      "--events",
      "test/samples/conversation.jsonl",
      "--out",
      foreign,
      "--report",
      report,
    );
    expect([ended.code, readFileSync(report, "utf8")]).toStrictEqual([2, "of yesterday"]);
  });
});
