import { UsageError } from "../command.ts";
import { counted, number } from "../terminal.ts";
import { type Input, InputError, readEvents } from "./events.ts";

const mostNamed = 10;

export const readInput = (path: string): Input => {
  try {
    return readEvents(path);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
};

/** The lines of an input that are no events, by name and reason, and what could not be read; `fate`: what becomes of them. */
export const inputProblems = (
  { events, unread }: Pick<Input, "events" | "unread">,
  fate: string,
): ReadonlyArray<string> => {
  const problems = events.flatMap(({ problem }) => problem ?? []);
  const more = problems.length - mostNamed;
  return [
    ...unread.map((each) => `not read: ${each}`),
    ...(problems.length === 0
      ? []
      : [
          `${counted(problems.length, "line")} ${problems.length === 1 ? "was no event" : "were no events"}, ${fate}:`,
          ...problems.slice(0, mostNamed).map((problem) => `  ${problem}`),
          ...(more > 0 ? [`  ... and ${number(more)} more`] : []),
        ]),
  ];
};
