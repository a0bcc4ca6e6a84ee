import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluatePlan } from "../../../cli/plan/evaluate-plan.ts";
import { floodgate } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

const parquet = 'floodgate:querying={"parquet":true}';
const impossible = 'floodgate:processing={"batchSize":"many"}';

const outputsFile = (): string => join(newFolder(), "..", "outputs.json");

describe("evaluatePlan", () => {
  it("answers for each of several configurations what a process of its own would say of it alone", async () => {
    const [file, again, alone] = [outputsFile(), outputsFile(), outputsFile()];
    const plans = await Promise.all([
      evaluatePlan("dev", [], file),
      evaluatePlan("dev", [parquet]),
      evaluatePlan("dev", [], again),
    ]);
    const [plain, compacting] = await Promise.all([
      floodgate("plan", "--json", "--write-outputs", alone),
      floodgate("plan", "--json", "--config", parquet),
    ]);
    const expected = [plain, compacting, plain].map(({ stdout }) => JSON.parse(stdout));
    expect(plans.map(({ all }) => all)).toStrictEqual(expected);
    expect(expected[1].length).toBeGreaterThan(expected[0].length);
    const written = readFileSync(alone, "utf8");
    expect([file, again].map((each) => readFileSync(each, "utf8"))).toStrictEqual([written, written]);
  });

  it("says of a mistake what `floodgate plan` says, and evaluates the next as if there had been none", async () => {
    const before = (await evaluatePlan("dev")).all;
    const said = await evaluatePlan("dev", [impossible]).catch((error: Error) => error.message);
    const { stderr } = await floodgate("plan", "--config", impossible);
    expect(`floodgate: ${said}\n`).toBe(stderr);
    expect(stderr).toContain("processing.batchSize");
    await expect(evaluatePlan("moon")).rejects.toThrow("there is no Pulumi.moon.yaml");
    expect((await evaluatePlan("dev")).all).toStrictEqual(before);
  });
});
