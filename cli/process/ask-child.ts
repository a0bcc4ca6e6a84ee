import type { ChildProcess, Serializable } from "node:child_process";
import * as E from "fp-ts/lib/Either.js";

/** Asks a child process over its channel, one question at a time. Answers what it answers, or why it never will. */
export const askChild = <A>(
  child: ChildProcess,
  question: Serializable,
  isAnswer: (message: unknown) => message is A,
): Promise<E.Either<string, A>> =>
  new Promise((resolve) => {
    const end = (answer: E.Either<string, A>): void => {
      child.removeListener("exit", onExit);
      child.removeListener("message", onMessage);
      resolve(answer);
    };
    const onExit = (code: number | null, signal: string | null): void => end(E.left(`ended with ${signal ?? code}`));
    const onMessage = (message: unknown): void => {
      if (isAnswer(message)) end(E.right(message));
    };
    child.once("exit", onExit);
    child.on("message", onMessage);
    child.send(question, (error) => {
      if (error !== null) end(E.left(`does not listen: ${error.message}`));
    });
  });
