import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkBeforeUp } from "../../../cli/doctor/before-up.ts";
import { burst } from "../../../local/campaign/burst.ts";
import { realClock } from "../../../local/clock.ts";
import { type Cloud, startCloud } from "../../../local/cloud.ts";
import { floodgate } from "../../support/floodgate.ts";
import { devPlan, newFolder, runLocally, start } from "../../support/local-run.ts";

const reserving = 'floodgate:lambda={"reserveConcurrency":true}';

const inAccount = async <A>(accountConcurrency: number, act: (cloud: Cloud) => Promise<A>): Promise<A> => {
  const cloud = await startCloud({
    plan: await devPlan(),
    clock: realClock(),
    isVirtual: false,
    out: newFolder(),
    accountConcurrency,
  });
  try {
    return await act(cloud);
  } finally {
    cloud.stop();
  }
};

const examine = (accountConcurrency: number, ...pairs: ReadonlyArray<string>) =>
  inAccount(accountConcurrency, async ({ endpoint, gateway }) => {
    const credentials = { accessKeyId: `test.${gateway.accessKey}`, secretAccessKey: "test" };
    const findings = await checkBeforeUp("dev", pairs, { endpoint, region: "eu-central-1", credentials });
    return findings.map(({ check, verdict, advice = "" }) => `${verdict} ${check} ${advice}`.trim());
  });

const stream = "ok delivery stream";

describe("a stack in an account", () => {
  it("of the usual quota reserves what it needs", async () => {
    expect(await examine(1_000, reserving)).toStrictEqual(["ok Lambda concurrency", stream]);
  });

  it("of a new one is told how much to ask for, or to reserve nothing", async () => {
    expect(await examine(10, reserving)).toStrictEqual([
      'problem Lambda concurrency Ask AWS for 127 (Service Quotas, AWS Lambda, "Concurrent executions"), or set floodgate:lambda {reserveConcurrency: false}.',
      stream,
    ]);
    expect(await examine(10)).toStrictEqual(["ok Lambda concurrency", stream]);
  });

  it("is asked whether a quota above the region's was granted, and shown its mistakes", async () => {
    const [, ofStream] = await examine(1_000, 'floodgate:delivery={"quotaMebibytesPerSecond":20}');
    expect(ofStream).toContain("warning delivery stream AWS gives 1 MiB/s there by itself");
    expect(await examine(1_000, 'floodgate:lambda={"tracing":1}')).toStrictEqual([
      expect.stringContaining("problem configuration"),
    ]);
  });

  it("with a quota of 10 is refused by Lambda when it reserves, and runs when it does not", async () => {
    const events = burst({ count: 2_000, seed: 1, perMinute: 10_000, start });
    await expect(runLocally(events, { plan: await devPlan(reserving), accountConcurrency: 10 })).rejects.toThrow(
      "below its minimum value of [10]",
    );
    const run = await runLocally(events, { accountConcurrency: 10 });
    expect([run.differences, run.ledger.inFlight]).toStrictEqual([[], 0]);
    const peaks = [...run.functions.values()].map(({ peakConcurrency }) => peakConcurrency);
    expect(peaks.reduce((sum, peak) => sum + peak)).toBeGreaterThan(2);
  });
});

describe("floodgate doctor --before-up", () => {
  it("asks a local cloud's account where one is named, and wants to know the stack", async () => {
    await inAccount(10, async ({ endpoint, gateway }) => {
      const file = `${newFolder()}.json`;
      const plan = await floodgate("plan", "--write-outputs", file);
      expect(plan.code).toBe(0);
      const { readFileSync } = await import("node:fs");
      const outputs = { ...JSON.parse(readFileSync(file, "utf8")), endpoint, accessKey: gateway.accessKey };
      writeFileSync(file, JSON.stringify(outputs));
      const { code, stdout } = await floodgate(
        "doctor",
        "--before-up",
        "--stack",
        "dev",
        "--config",
        reserving,
        "--outputs",
        file,
      );
      expect([code, stdout]).toStrictEqual([
        1,
        expect.stringContaining("the account has 10, of which 10 are unreserved; the stack reserves 27"),
      ]);
    });
    expect((await floodgate("doctor", "--before-up")).code).toBe(2);
  });
});
