import { hash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { evaluatePlan } from "../../cli/plan/evaluate-plan.ts";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { decodePlan, type Plan, planOf } from "../../local/plan.ts";
import { type RunOptions, type RunResult, run } from "../../local/run.ts";

const plans = new Map<string, Promise<Plan>>();

const organisation = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

/** The setup's temporary folder is one run's, so what one file has evaluated holds for all. */
const evaluatedOnce = async (overrides: ReadonlyArray<string>): Promise<Plan> => {
  const file = join(tmpdir(), `plan-${hash("sha256", JSON.stringify(overrides), "hex")}.json`);
  if (existsSync(file)) return decodePlan(readFileSync(file, "utf8"));
  const plan = await evaluatePlan("dev", [organisation, ...overrides]);
  const written = `${file}.${process.pid}`;
  writeFileSync(written, JSON.stringify(plan.all));
  renameSync(written, file);
  return plan;
};

/** The dev stack's plan with a Genesys organisation, evaluated once for each set of changed values. */
export const devPlan = (...overrides: ReadonlyArray<string>): Promise<Plan> => {
  const key = overrides.join("\n");
  const plan = plans.get(key) ?? evaluatedOnce(overrides);
  plans.set(key, plan);
  return plan;
};

/** A plan in which redrive-failed-events runs rarely: for runs that let a day pass with little to bring back. */
export const withRareRedrive = ({ all }: Plan): Plan => {
  const resources = all.map((resource) =>
    resource.type === "aws:scheduler/schedule:Schedule" && resource.name === "redrive-failed-events"
      ? { ...resource, inputs: { ...resource.inputs, scheduleExpression: "rate(30 minutes)" } }
      : resource,
  );
  return planOf(resources);
};

export const start = Date.UTC(2026, 0, 5, 9);

export const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "floodgate-")), "out");

/** Runs events through the local cloud of the dev stack. */
export const runLocally = async (
  events: ReadonlyArray<InputEvent>,
  given: Partial<RunOptions> = {},
): Promise<RunResult> =>
  run({ plan: await devPlan(), events, seed: 1, perMinute: 10_000, start, out: newFolder(), ...given });

export const atBus = (text: string): InputEvent => ({ door: "bus", text });
export const inBuffer = (text: string): InputEvent => ({ door: "buffer", text });

/** What the delivered lines of a run say under `floodgate`. */
export const membersOf = ({ bucketFolder }: RunResult) =>
  readdirSync(bucketFolder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("type=") && name.endsWith(".gz"))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(bucketFolder, name)))
        .toString("utf8")
        .trimEnd()
        .split("\n"),
    )
    .map((line) => JSON.parse(line).floodgate);
