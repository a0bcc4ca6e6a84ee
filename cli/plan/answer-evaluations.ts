import { type Evaluated, Evaluation } from "./evaluation.ts";

const neverEnds = "the program waits for something that never comes: nothing is left that could bring it";

/**
 * What a process does that evaluates as often as its parent asks, for one evaluation at a time. It ends when nothing was
 * asked for so long: whoever runs for days needs it no more.
 */
export const answerEvaluations = (
  evaluate: (evaluation: Evaluation) => Promise<Evaluated>,
  idleMilliseconds: number,
): void => {
  const endWhenIdle = (): NodeJS.Timeout => setTimeout(() => process.exit(), idleMilliseconds);
  const answer = (evaluated: Evaluated): void => {
    process.channel?.ref();
    process.send?.(evaluated);
    idle = endWhenIdle();
  };
  let idle = endWhenIdle();
  process.on("message", async (message: unknown) => {
    if (!Evaluation.is(message)) return;
    clearTimeout(idle);
    // So that Node sees when nothing goes on but our waiting.
    process.channel?.unref();
    answer(await evaluate(message));
  });
  process.on("beforeExit", () => answer({ mistake: neverEnds }));
  // Nobody is left who would ask.
  process.on("disconnect", () => process.exit());
};
