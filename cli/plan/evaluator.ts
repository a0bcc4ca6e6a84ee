import { enableCompileCache } from "node:module";
import type { Plan } from "../../infra/plan/plan.ts";
import { answerEvaluations } from "./answer-evaluations.ts";
import type { Evaluated, Evaluation } from "./evaluation.ts";

/* The process that evaluates the program, again and again: to load Pulumi takes longer than to evaluate. */

enableCompileCache();
// Pulumi keeps a stack trace for each of its promises, which takes half of the time.
Error.stackTraceLimit = 1;

const { plan } = await import("../../infra/plan/plan.ts");
const { describeFailure } = await import("../explain-error.ts");
const { secretKeysOf, stackConfiguration } = await import("../stack/stack-configuration.ts");

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

answerEvaluations(evaluate, idleMilliseconds);
