import { type ChildProcess, fork } from "node:child_process";
import * as E from "fp-ts/lib/Either.js";
import { askChild } from "../process/ask-child.ts";
import { Evaluated, type Evaluation } from "./evaluation.ts";

const start = (file: string): ChildProcess => {
  const child = fork(file, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  // What cannot be sent is told by `send`; without a listener it would end this process as well.
  child.on("error", () => undefined);
  return child;
};

/** It holds nobody up who has all that was asked for, and ends with this process. */
const letGo = (child: ChildProcess): void => {
  child.unref();
  child.channel?.unref();
};

const ask = async (child: ChildProcess, evaluation: Evaluation): Promise<E.Either<string, Evaluated>> => {
  child.ref();
  child.channel?.ref();
  const answer = await askChild(child, evaluation, Evaluated.is);
  letGo(child);
  return answer;
};

/**
 * Evaluates with a process of `file`, which is started when it is asked first and goes on for the next; one evaluation
 * at a time, because Pulumi's runtime takes no more. What goes wrong is a mistake of the answer; nothing is thrown.
 */
export const openEvaluator = (file: string): ((evaluation: Evaluation) => Promise<Evaluated>) => {
  let running: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const askRunning = async (evaluation: Evaluation): Promise<E.Either<string, Evaluated>> => {
    const child = running?.connected === true && running.exitCode === null ? running : start(file);
    running = child;
    const answer = await ask(child, evaluation);
    if (E.isLeft(answer) || "mistake" in answer.right) {
      // What a program that failed left in Pulumi's runtime is nothing to evaluate another one in.
      running = undefined;
      child.kill();
    }
    return answer;
  };
  const evaluate = async (evaluation: Evaluation): Promise<Evaluated> => {
    const first = await askRunning(evaluation);
    // It ends by itself when nothing was asked for long, and may have done so just now: another one is asked, once.
    const answer = E.isLeft(first) ? await askRunning(evaluation) : first;
    return E.isRight(answer) ? answer.right : { mistake: `the process that evaluates the program ${answer.left}` };
  };
  return (evaluation) => {
    const answer = last.then(() => evaluate(evaluation));
    last = answer;
    return answer;
  };
};
