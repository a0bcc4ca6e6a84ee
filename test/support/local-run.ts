import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { type Plan, planOf } from "../../local/plan.ts";
import { type RunOptions, type RunResult, run } from "../../local/run.ts";
import { evaluated, organisation } from "./setup/evaluated.ts";

/** The dev stack's plan with a Genesys organisation. */
export const devPlan = async (...overrides: ReadonlyArray<string>): Promise<Plan> =>
  (await evaluated(organisation, ...overrides)).plan;

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
