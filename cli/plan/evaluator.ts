import { enableCompileCache } from "node:module";
import type { Plan } from "../../infra/plan/plan.ts";
import { type Evaluated, Evaluation } from "./evaluation.ts";

/*
 * A process that evaluates the program as often as its parent asks: to load Pulumi takes longer than to evaluate. Its
 * parent asks for one evaluation at a time.
 */

enableCompileCache();
// Pulumi keeps a stack trace for each of its promises, which takes half of the time.
Error.stackTraceLimit = 1;

const { plan } = await import("../../infra/plan/plan.ts");
const { describeFailure } = await import("../explain-error.ts");
const { secretKeysOf, stackConfiguration } = await import("../stack/stack-configuration.ts");

/** After which it ends when nothing is asked: whoever runs for days needs it no more. */
const idleMilliseconds = 30_000;

const planned = ({ cwd, stack, overrides }: Evaluation): Promise<Plan> => {
  process.chdir(cwd);
  const configuration = stackConfiguration(stack, overrides);
  return plan({ stack, configuration, secretKeys: secretKeysOf(stack, overrides) });
};

const evaluate = async (evaluation: Evaluation): Promise<Evaluated> => {
  try {
    const { resources, outputs } = await planned(evaluation);
    return { resources: [...resources], outputs };
  } catch (error) {
    return { mistake: describeFailure(error) };
  }
};

const endWhenIdle = (): NodeJS.Timeout => setTimeout(() => process.exit(), idleMilliseconds);
let idle = endWhenIdle();

process.on("message", async (message: unknown) => {
  if (!Evaluation.is(message)) return;
  clearTimeout(idle);
  process.send?.(await evaluate(message));
  idle = endWhenIdle();
});

// Nobody is left who would ask.
process.on("disconnect", () => process.exit());
