import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { command } from "../../../cli/simulate/simulate.ts";
import { drawSwarm } from "../../../local/simulation/swarm.ts";
import { floodgate } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

/** With a value of its own a simulation has one configuration, which is evaluated in no time. */
const own = ["--config", 'floodgate:retry={"maximumEventAgeDays":2}'];

const tried = { ...drawSwarm(1, { variants: 1 }), minutes: 1, faults: [], acts: [], deployments: [] };

describe("floodgate simulate", () => {
  it("takes events of the user's own at their own time, and is no success when a file cannot be read to its end", async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    copyFileSync("test/samples/genesys/acd.start.voice.json", join(folder, "whole.json"));
    const packed = gzipSync(readFileSync("test/samples/genesys/user.start.voice.json"));
    writeFileSync(join(folder, "cut.json.gz"), packed.subarray(0, packed.length - 20));
    const args = ["--swarm", JSON.stringify(tried), "--events", folder, ...own, "--json"];
    const part = await floodgate("simulate", ...args);
    // No seed has failed: what could be read has gone through.
    expect([part.code, JSON.parse(part.stdout).failed]).toStrictEqual([1, []]);
    expect(part.stderr).toContain("cut.json.gz");
  });

  it("leaves nothing behind when somebody has had enough of it", async () => {
    const place = newFolder();
    mkdirSync(place, { recursive: true });
    const child = spawn(process.execPath, ["cli/main.ts", "simulate", "--seeds", "500", ...own], {
      env: { ...process.env, TMPDIR: place },
      stdio: "ignore",
    });
    await vi.waitFor(
      () => expect(readdirSync(place, { recursive: true }).join()).toContain("floodgate-simulation-"),
      60_000,
    );
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect([code, readdirSync(place).filter((name) => name.startsWith("floodgate-sim"))]).toStrictEqual([143, []]);
  });

  it("simulates the seeds that it is told, the same for the same, and says what they reached", async () => {
    const answers = await Promise.all(
      [1, 2].map(async () => {
        const { code, stdout } = await floodgate(
          "simulate",
          "--seeds",
          "3",
          "--from",
          "5",
          "--minutes",
          "2",
          ...own,
          "--json",
        );
        return { code, ...JSON.parse(stdout) };
      }),
    );
    const [first, second] = answers;
    expect(second).toStrictEqual(first);
    expect(first).toMatchObject({
      code: 0,
      seeds: 3,
      failed: [],
      failures: [],
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(first.coverage.outcomes.delivered).toBeGreaterThan(30);
    // Three seeds are no whole mix: what they never reached is named, and no failure.
    expect(first.neverReached.length).toBeGreaterThan(0);
  });

  it("prints all that one seed has chosen, and writes it as a page with its faults", async () => {
    const page = `${newFolder()}.html`;
    const swarm = {
      ...drawSwarm(1, { variants: 1 }),
      minutes: 3,
      faults: [{ kind: "dynamodb-throttles", from: 0, until: 120_000, rate: 0.2 }],
      acts: [{ at: 60_000, does: "pause" }],
      deployments: [],
    };
    const { code, stdout } = await floodgate("simulate", "--swarm", JSON.stringify(swarm), ...own, "--report", page);
    expect(code).toBe(0);
    expect(stdout).toContain("configuration  as given");
    expect(stdout).toContain(
      "fault          dynamodb-throttles: DynamoDB throttles requests; 20 %, from 0.0 min to 2.0 min",
    );
    expect(stdout).toContain("operator       pause at 1.0 min");
    expect(stdout).toMatch(/1 seed in .*, 0 failed, \d+ faults\. History [0-9a-f]{16}\./);
    const html = readFileSync(page, "utf8");
    expect(html).toContain("What went wrong, and when");
    const { faults, audit, frames } = JSON.parse(
      /id="recording">(.*)<\/script>/.exec(html)?.[1]?.replaceAll("\\u003c", "<") ?? "null",
    );
    expect(faults).toStrictEqual([
      { kind: "dynamodb-throttles", from: 0, until: 120_000, describes: "20 % of the occasions, 0.0 s to 2 min 0 s" },
    ]);
    expect([audit, frames.length > 10]).toStrictEqual([expect.stringMatching(/^Balanced: /), true]);
  });

  it.each([
    [["--scenario", "nope"], "--scenario nope: has to be one of campaign-launch, "],
    [["--seeds", "0"], "--seeds 0: has to be a whole number of at least 1"],
    [["--scenario", "toString"], "--scenario toString: has to be one of campaign-launch, "],
    [["--swarm", "{}"], "--swarm: has to be what a failed seed printed"],
    [
      ["--swarm", JSON.stringify({ ...tried, faults: [{ kind: "constructor", from: 0, until: 1, rate: 1 }] })],
      "--swarm: there is no fault constructor",
    ],
    [["--swarm", JSON.stringify({ ...tried, perMinute: 0 })], "--swarm: perMinute has to be above 0"],
    [["--report", "/nowhere/at/all.html"], "--report /nowhere/at/all.html: cannot be written"],
    [["--minutes", "x"], "--minutes x: has to be a whole number of at least 1"],
  ])("refuses %j before it evaluates anything", async (args, said) => {
    await expect(async () => command.run(args)).rejects.toThrow(said);
  });
});
