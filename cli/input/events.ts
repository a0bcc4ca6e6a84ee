import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type InputItem, itemsOf } from "./input-items.ts";
import { inputText } from "./input-text.ts";
import { type ReadEvent, unwrapEvent } from "./unwrap-event.ts";

export interface Input {
  readonly events: ReadonlyArray<ReadEvent>;
  /** Files of the directory that hold no events. */
  readonly ignored: ReadonlyArray<string>;
  /** What could not be read at all: a file, or its end, with the reason. */
  readonly unread: ReadonlyArray<string>;
}

/** The input cannot be read; the message says which and why. */
export class InputError extends Error {}

/** Files of a folder that are not looked into: what people keep beside events. */
const beside = /(^|\/)\.|\.(md|html?|pdf|png|jpe?g|gif|svg|docx?|xlsx?|csv|ya?ml|toml|m?[jt]s|py|sh)$/i;

/** A name that says that there are events in it, so that a file without any is worth a word. */
const saysEvents = /\.(json|jsonl|ndjson)(\.gz)?$/i;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type FileInput = Pick<Input, "events" | "unread">;

const inFile = (event: ReadEvent, name: string): ReadEvent => ({
  ...event,
  place: `${name} ${event.place}`,
  ...(event.problem === undefined ? {} : { problem: `${name} ${event.problem}` }),
});

const readFile = (file: string): FileInput => {
  try {
    const { text, cutOff, hasBadBytes } = inputText(file);
    const items = itemsOf(text);
    // With U+FFFD in the place of a letter an event is another one, so it is not taken.
    const isBad = ({ text: written }: InputItem): boolean => hasBadBytes && written.includes("\ufffd");
    const bad = items.filter(isBad);
    const events = items.filter((item) => !isBad(item)).flatMap(unwrapEvent);
    const unread = [...bad.map(({ place }) => `${place}: not in UTF-8`), ...(cutOff === undefined ? [] : [cutOff])];
    if (events.length === 0 && unread.length === 0) {
      unread.push(text.trim() === "" ? "the file is empty" : "the file holds no event");
    }
    return { events, unread: unread.map((each) => `${file}: ${each}`) };
  } catch (error) {
    return { events: [], unread: [`${file}: ${messageOf(error)}`] };
  }
};

/** A file of a folder; undefined for one that holds no event and does not say that it would. */
const readNamed = (file: string, name: string): FileInput | undefined => {
  if (beside.test(name)) return undefined;
  const { events, unread } = readFile(file);
  const isOfEvents = saysEvents.test(name) || events.some(({ problem }) => problem === undefined);
  return isOfEvents ? { events: events.map((event) => inFile(event, name)), unread } : undefined;
};

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();

/**
 * Reads a file of events, or all files of a directory that hold some, in the order of their names: an event, an
 * array, a line each, one behind the other, or what EventBridge, SQS and CloudWatch Logs export; in UTF-8 or UTF-16, gzipped
 * or not. What is no event is told with its place, and costs only itself.
 */
export const readEvents = (path: string): Input => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError(`--events ${path}: there is no such file or directory`);
  if (!found.isDirectory()) return { ...readFile(path), ignored: [] };
  const events: ReadEvent[] = [];
  const ignored: string[] = [];
  const unread: string[] = [];
  for (const file of filesUnder(path)) {
    const read = readNamed(file, relative(path, file));
    if (read === undefined) ignored.push(file);
    else {
      for (const event of read.events) events.push(event);
      for (const each of read.unread) unread.push(each);
    }
  }
  return { events, ignored, unread };
};
