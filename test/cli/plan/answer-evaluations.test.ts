import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { Evaluated } from "../../../cli/plan/evaluation.ts";
import { openEvaluator } from "../../../cli/plan/open-evaluator.ts";
import { programFile } from "../../support/setup/program-file.ts";

const answerEvaluations = pathToFileURL(resolve("cli/plan/answer-evaluations.ts")).href;

/** Evaluates as the text says, of `stack`, in a process that is idle for at most so long. */
const evaluatorThat = (evaluates: string, idleMilliseconds: number) => {
  const file = programFile(
    `import { answerEvaluations } from "${answerEvaluations}";
     answerEvaluations(async ({ stack }) => { ${evaluates} }, ${idleMilliseconds});`,
  );
  const evaluate = openEvaluator(file);
  return (stack: string): Promise<Evaluated> => evaluate({ cwd: ".", stack, overrides: [] });
};

const processOf = (evaluated: Evaluated): unknown =>
  "outputs" in evaluated ? evaluated.outputs["process"] : undefined;

const answer = "return { resources: [stack], outputs: { process: process.pid } };";

describe("a process that answers evaluations", () => {
  it("answers one after the other", async () => {
    const evaluate = evaluatorThat(answer, 60_000);
    const answers = [await evaluate("a"), await evaluate("b")];
    expect(answers).toMatchObject([{ resources: ["a"] }, { resources: ["b"] }]);
    expect(new Set(answers.map(processOf)).size).toBe(1);
  });

  it("says of a program that waits for what never comes that it does, and another one is evaluated", async () => {
    const evaluate = evaluatorThat(`if (stack === "stuck") await new Promise(() => {}); ${answer}`, 60_000);
    expect([await evaluate("a"), await evaluate("stuck"), await evaluate("b")]).toMatchObject([
      { resources: ["a"] },
      { mistake: "the program waits for something that never comes: nothing is left that could bring it" },
      { resources: ["b"] },
    ]);
  });

  it("takes its time for a program that waits for a timer, longer than it would be idle", async () => {
    const evaluate = evaluatorThat(`await new Promise((done) => setTimeout(done, 500)); ${answer}`, 200);
    expect(await evaluate("a")).toMatchObject({ resources: ["a"] });
  });

  it("ends when nothing is asked of it, so that the next is another one", async () => {
    const evaluate = evaluatorThat(answer, 1);
    const first = processOf(await evaluate("a"));
    await expect.poll(async () => processOf(await evaluate("b")), { timeout: 30_000 }).not.toBe(first);
  });
});
