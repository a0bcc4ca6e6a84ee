import { type ChildProcess, fork } from "node:child_process";
import { Evaluated, type Evaluation } from "./evaluation.ts";

/** It holds nobody up who has all that was asked for, and ends with this process. */
const start = (file: string): ChildProcess => {
  const child = fork(file, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  // What cannot be sent is told by `send`; without a listener it would end this process as well.
  child.on("error", () => undefined);
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

/** Undefined: it has ended by itself, as it does when nothing was asked for long; it may just be about to. */
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
      if (error !== null) end(undefined);
    });
  });

/**
 * Evaluates with a process of `file`, which is started when it is asked first and goes on for the next; one evaluation
 * at a time, because Pulumi's runtime takes no more. What goes wrong is a mistake of the answer; nothing is thrown.
 */
export const openEvaluator = (file: string): ((evaluation: Evaluation) => Promise<Evaluated>) => {
  let running: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const askRunning = async (evaluation: Evaluation): Promise<Evaluated | undefined> => {
    const child = running?.connected === true && running.exitCode === null ? running : start(file);
    running = child;
    const answer = await ask(child, evaluation);
    if (answer === undefined || "mistake" in answer) {
      // What a program that failed left in Pulumi's runtime is nothing to evaluate another one in.
      running = undefined;
      child.kill();
    }
    return answer;
  };
  const evaluate = async (evaluation: Evaluation): Promise<Evaluated> =>
    (await askRunning(evaluation)) ?? (await askRunning(evaluation)) ?? failed("ended without an answer");
  return (evaluation) => {
    const answer = last.then(() => evaluate(evaluation));
    last = answer;
    return answer;
  };
};
