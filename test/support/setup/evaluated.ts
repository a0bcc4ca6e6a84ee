import { hash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluatePlan } from "../../../cli/plan/evaluate-plan.ts";
import { decodePlan, type Plan } from "../../../local/plan.ts";
import { madeOnce } from "./made-once.ts";

/** A Genesys organisation, as the local one takes it. */
export const organisation = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

interface Evaluated {
  readonly plan: Plan;
  /** What the stack's outputs would be. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

const evaluate = async (overrides: ReadonlyArray<string>): Promise<string> => {
  const file = join(mkdtempSync(join(tmpdir(), "floodgate-")), "outputs.json");
  const { all } = await evaluatePlan("dev", overrides, file);
  return JSON.stringify({ all, outputs: JSON.parse(readFileSync(file, "utf8")) });
};

const known = new Map<string, Promise<Evaluated>>();

const read = async (overrides: ReadonlyArray<string>): Promise<Evaluated> => {
  const name = `plan-${hash("sha256", JSON.stringify(overrides), "hex")}.json`;
  const { all, outputs } = JSON.parse(await madeOnce(name, () => evaluate(overrides)));
  return { plan: decodePlan(JSON.stringify(all)), outputs };
};

/** The dev stack with changed values, evaluated once for each set of them in a run of the tests. */
export const evaluated = (...overrides: ReadonlyArray<string>): Promise<Evaluated> => {
  const key = overrides.join("\n");
  const asked = known.get(key) ?? read(overrides);
  known.set(key, asked);
  return asked;
};
