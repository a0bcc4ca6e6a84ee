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

/** Whether the input was taken as a whole, and had an event in it: else what came of it, balanced or not, tells nothing of it. */
export const isWhole = ({ events, unread }: Pick<Input, "events" | "unread">): boolean =>
  unread.length === 0 && events.some(({ problem }) => problem === undefined);

/** The first of many lines, and how many more there are. */
const named = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length <= mostNamed
    ? lines
    : [...lines.slice(0, mostNamed), `  ... and ${number(lines.length - mostNamed)} more`];

/** The lines of an input that are no events, by name and reason, and what could not be read; `fate`: what becomes of them. */
export const inputProblems = (
  { events, unread }: Pick<Input, "events" | "unread">,
  fate: string,
): ReadonlyArray<string> => {
  const problems = events.flatMap(({ problem }) => problem ?? []);
  return [
    ...named(unread.map((each) => `not read: ${each}`)),
    ...(problems.length === 0
      ? []
      : [
          `${counted(problems.length, "line")} ${problems.length === 1 ? "was no event" : "were no events"}, ${fate}:`,
          ...named(problems.map((problem) => `  ${problem}`)),
        ]),
  ];
};
