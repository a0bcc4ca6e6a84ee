import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodePlan, type Plan } from "../../local/plan.ts";
import { Evaluated, type Evaluation } from "./evaluation.ts";

const evaluator = fileURLToPath(new URL("evaluator.ts", import.meta.url));

let running: ChildProcess | undefined;

const forget = (child: ChildProcess): void => {
  if (running === child) running = undefined;
};

/** It holds nobody up who has all that was asked for, and ends with this process. */
const start = (): ChildProcess => {
  const child = fork(evaluator, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  // What cannot be sent is told by `send`; without a listener it would end this process as well.
  child.on("error", () => undefined);
  child.once("exit", () => forget(child));
  child.once("disconnect", () => forget(child));
  return child;
};

const hold = (child: ChildProcess): void => {
  child.ref();
  child.channel?.ref();
};

const letGo = (child: ChildProcess): void => {
  child.unref();
  child.channel?.unref();
};

const failed = (reason: string): Evaluated => ({ mistake: `the process that evaluates the program ${reason}` });

/** Undefined: it had nothing to do for so long that it has ended. */
const ask = (child: ChildProcess, evaluation: Evaluation): Promise<Evaluated | undefined> =>
  new Promise((resolve) => {
    const end = (answer: Evaluated | undefined): void => {
      child.removeListener("exit", onExit);
      child.removeListener("message", onMessage);
      letGo(child);
      resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null): void =>
      end(code === 0 ? undefined : failed(`ended with ${signal ?? code}`));
    const onMessage = (message: unknown): void => {
      if (Evaluated.is(message)) end(message);
    };
    hold(child);
    child.once("exit", onExit);
    child.on("message", onMessage);
    child.send(evaluation, (error) => {
      // One that has ended by itself says so with its exit.
      if (error !== null && child.exitCode === null && child.connected)
        end(failed(`does not listen: ${error.message}`));
    });
  });

const askRunning = async (evaluation: Evaluation): Promise<Evaluated | undefined> => {
  running ??= start();
  const child = running;
  const answer = await ask(child, evaluation);
  if (answer === undefined || "mistake" in answer) {
    // What a program that failed left in Pulumi's runtime is nothing to evaluate another one in.
    forget(child);
    child.kill();
  }
  return answer;
};

const evaluate = async (evaluation: Evaluation): Promise<Evaluated> =>
  (await askRunning(evaluation)) ?? (await askRunning(evaluation)) ?? failed("ended without an answer");

/** Pulumi's runtime evaluates one program at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Evaluates the program in a process of its own, whose clock is the machine's; throws with what `floodgate plan` would
 * say of a mistake. `outputsFile`: where the stack's outputs shall be written, as a deployed stack would give them.
 */
export const evaluatePlan = async (
  stack: string,
  overrides: ReadonlyArray<string> = [],
  outputsFile?: string,
): Promise<Plan> => {
  const evaluation = { cwd: process.cwd(), stack, overrides };
  const asked = last.then(() => evaluate(evaluation));
  last = asked;
  const answer = await asked;
  if ("mistake" in answer) throw new Error(answer.mistake);
  if (outputsFile !== undefined) writeFileSync(outputsFile, `${JSON.stringify(answer.outputs, null, 2)}\n`);
  return decodePlan(JSON.stringify(answer.resources));
};
