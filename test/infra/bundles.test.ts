import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundle } from "../../infra/constructors/bundle.ts";
import { devPlan } from "../support/local-run.ts";

const names = readdirSync("handlers").map((file) => file.replace(/\.ts$/, ""));
const kilobyte = 1024;

const everyFunction = 'floodgate:querying={"parquet":true}';

/** Kilobytes: transform-records runs most often, and its cold start is in the way of every delivery. */
const budgetOf = (name: string): number => (name === "transform-records" ? 360 : 600) * kilobyte;
const functionalBudget = 20 * kilobyte;

describe.each(names)("the bundle of %s", async (name) => {
  const { code, metafile } = await bundle(name);

  it("stays within its budget, and takes little of fp-ts and io-ts along", () => {
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(budgetOf(name));
    const [output] = Object.values(metafile.outputs);
    const functional = Object.entries(output?.inputs ?? {})
      .filter(([file]) => /node_modules\/(fp-ts|io-ts)\//.test(file))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    expect(functional).toBeLessThanOrEqual(functionalBudget);
  });

  it("has the same bytes for the same source", async () => {
    expect((await bundle(name)).code).toBe(code);
  });

  it("loads in a bare Node with its environment and nothing else, and answers its first event", async () => {
    const plan = await devPlan(everyFunction);
    const resource = plan.all.find((each) => each.type.endsWith(":Function") && each.name === name);
    const { environment, code: archive } = (resource?.inputs ?? {}) as {
      environment: { variables: Record<string, string> };
      code: { archive: Record<string, string> };
    };
    const folder = mkdtempSync(join(tmpdir(), "floodgate-bundle-"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.mjs"), code);
    for (const [file, text] of Object.entries(archive.archive))
      if (file !== "index.mjs") writeFileSync(join(folder, file), text);
    // An event that is none: the handler is built from its environment, and says what is wrong with the event.
    const script =
      "const { handler } = await import('./index.mjs');" +
      "handler({ wrong: true }, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60000 })" +
      ".then(() => console.log('answered'), (error) => console.log('refused: ' + error.message));";
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...environment.variables,
        AWS_REGION: "eu-central-1",
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        LAMBDA_TASK_ROOT: folder,
      },
    });
    expect(printed).toMatch(/^refused: not a valid [\s\S]*expected/);
  });
});
