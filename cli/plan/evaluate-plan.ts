import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodePlan, type Plan } from "../../local/plan.ts";
import { openEvaluator } from "./open-evaluator.ts";

const evaluate = openEvaluator(fileURLToPath(new URL("evaluator.ts", import.meta.url)));

/**
 * Evaluates the program in a process of its own, whose clock is the machine's; throws with what `floodgate plan` would
 * say of a mistake. `outputsFile`: where the stack's outputs shall be written, as a deployed stack would give them.
 */
export const evaluatePlan = async (
  stack: string,
  overrides: ReadonlyArray<string> = [],
  outputsFile?: string,
): Promise<Plan> => {
  const answer = await evaluate({ cwd: process.cwd(), stack, overrides });
  if ("mistake" in answer) throw new Error(answer.mistake);
  if (outputsFile !== undefined) writeFileSync(outputsFile, `${JSON.stringify(answer.outputs, null, 2)}\n`);
  return decodePlan(JSON.stringify(answer.resources));
};
