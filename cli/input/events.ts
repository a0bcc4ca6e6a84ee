import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { itemsOf } from "./input-items.ts";
import { inputText } from "./input-text.ts";
import { type ReadEvent, unwrapEvent } from "./unwrap-event.ts";

export interface Input {
  readonly events: ReadonlyArray<ReadEvent>;
  /** Files of the directory that hold no events by their name. */
  readonly ignored: ReadonlyArray<string>;
  /** What could not be read at all: a file, or its end, with the reason. */
  readonly unread: ReadonlyArray<string>;
}

/** The input cannot be read; the message says which and why. */
export class InputError extends Error {}

const pattern = /\.(json|jsonl|ndjson|log|txt)(\.gz)?$/;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type FileInput = Pick<Input, "events" | "unread">;

const inFile = (event: ReadEvent, name: string): ReadEvent => ({
  ...event,
  place: `${name} ${event.place}`,
  ...(event.problem === undefined ? {} : { problem: `${name} ${event.problem}` }),
});

const readFile = (file: string, name: string): FileInput => {
  try {
    const { text, cutOff } = inputText(file);
    const events = itemsOf(text)
      .flatMap(unwrapEvent)
      .map((event) => (name === "" ? event : inFile(event, name)));
    if (text.trim() === "") return { events: [], unread: [`${file}: the file is empty`] };
    return { events, unread: cutOff === undefined ? [] : [`${file}: ${cutOff}`] };
  } catch (error) {
    return { events: [], unread: [`${file}: ${messageOf(error)}`] };
  }
};

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();

/**
 * Reads a file of events, or all files of a directory that are named like one, in the order of their names: an event, an
 * array, a line each, one behind the other, or what EventBridge, SQS and CloudWatch Logs export; in UTF-8 or UTF-16, gzipped
 * or not. What is no event is told with its place, and costs only itself.
 */
export const readEvents = (path: string): Input => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError(`--events ${path}: there is no such file or directory`);
  if (!found.isDirectory()) return { ...readFile(path, ""), ignored: [] };
  const files = filesUnder(path);
  const read = files.filter((file) => pattern.test(file)).map((file) => readFile(file, relative(path, file)));
  return {
    events: read.flatMap(({ events }) => events),
    ignored: files.filter((file) => !pattern.test(file)),
    unread: read.flatMap(({ unread }) => unread),
  };
};
