import { describe, expect, it } from "vitest";
import { openEvaluator } from "../../../cli/plan/open-evaluator.ts";
import { programFile } from "../../support/setup/program-file.ts";

/** A program that does this with each message. */
const programThat = (acts: string): string =>
  programFile(`process.on("message", (asked) => { ${acts} });\nprocess.on("disconnect", () => process.exit());\n`);

const answer = "{ resources: [asked.stack], outputs: { process: process.pid } }";
const of = (stack: string) => ({ cwd: ".", stack, overrides: [] });

const ask = async (acts: string): Promise<ReadonlyArray<object>> => {
  const evaluate = openEvaluator(programThat(acts));
  return Promise.all(["a", "b", "c"].map((stack) => evaluate(of(stack))));
};

const processes = (answers: ReadonlyArray<object>) => new Set(answers.map((each) => Object(each).outputs?.process));
const resources = (answers: ReadonlyArray<object>) => answers.map((each) => Object(each).resources);

describe("openEvaluator", () => {
  it("asks one process, one thing after the other", async () => {
    const answers = await ask(
      `if (globalThis.busy) process.exit(3); globalThis.busy = true;
       setTimeout(() => { globalThis.busy = false; process.send(${answer}); }, 20);`,
    );
    expect([resources(answers), processes(answers).size]).toStrictEqual([[["a"], ["b"], ["c"]], 1]);
  });

  it.each([
    ["at once", "process.exit()"],
    ["a moment later, when the next is on its way", "setTimeout(() => process.exit(), 1)"],
    ["by closing its channel", "process.disconnect()"],
  ])("asks another process when the one that it has ends after an answer: %s", async (_, ends) => {
    // It may have heard of the next before it ends, and have answered that or not: nothing is told of it but the answers.
    const answers = await ask(`process.send(${answer}, () => { ${ends} });`);
    expect(resources(answers)).toStrictEqual([["a"], ["b"], ["c"]]);
  });

  it("takes another process after a mistake", async () => {
    const answers = await ask(`process.send(asked.stack === "b" ? { mistake: "b is wrong" } : ${answer});`);
    expect([answers[1], processes(answers).size]).toStrictEqual([{ mistake: "b is wrong" }, 3]);
  });

  it.each([
    ["process.exit(3)", "the process that evaluates the program ended with 3"],
    ["process.kill(process.pid, 'SIGKILL')", "the process that evaluates the program ended with SIGKILL"],
    ["process.exit(0)", "the process that evaluates the program ended with 0"],
  ])("says of one that ends each time before it answers how it ended: %s", async (acts, mistake) => {
    expect(await ask(acts)).toStrictEqual([{ mistake }, { mistake }, { mistake }]);
  });

  it("waits for what is an answer, whatever else it is told", async () => {
    const answers = await ask(`process.send("loading"); process.send(${answer});`);
    expect(resources(answers)).toStrictEqual([["a"], ["b"], ["c"]]);
  });
});
