import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as t from "io-ts";

/** One event of a run's input, and the door through which it enters. */
export interface InputEvent {
  /** An envelope enters at the bus; anything else goes into the buffer as if somebody had sent it there. */
  readonly door: "bus" | "buffer";
  readonly text: string;
}

export interface Input {
  readonly events: ReadonlyArray<InputEvent>;
  /** Files of the directory that hold no events. */
  readonly ignored: ReadonlyArray<string>;
}

/** The input cannot be read; the message says which and why. */
export class InputError extends Error {}

const Envelope = t.type({ source: t.string, "detail-type": t.string, detail: t.UnknownRecord });

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Without white space between tokens, as EventBridge hands events on; every token stays as it was written. */
const compact = (text: string): string =>
  text.replaceAll(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => (token.startsWith('"') ? token : ""));

const eventOf = (text: string): InputEvent => {
  const parsed = parse(text);
  return parsed !== undefined && Envelope.is(parsed.value)
    ? { door: "bus", text: compact(text) }
    : { door: "buffer", text };
};

/** Splits the text of a JSON array into the texts of its elements, so that none of them is encoded again. */
const elementsOf = (text: string): ReadonlyArray<string> => {
  const elements: string[] = [];
  let depth = 0;
  let start = text.indexOf("[") + 1;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if ((token === "," && depth === 1) || depth === 0) {
      elements.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return elements.filter((element) => element !== "");
};

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line.trim() !== "");

/** One event, an array of events, or a line each; what is not JSON is a message all the same. */
const eventsIn = (text: string, isLines: boolean): ReadonlyArray<InputEvent> => {
  const parsed = isLines ? undefined : parse(text);
  if (parsed === undefined) return lines(text).map(eventOf);
  return Array.isArray(parsed.value) ? elementsOf(text).map(eventOf) : [eventOf(text.trim())];
};

const pattern = /\.(json|jsonl)(\.gz)?$/;

const readFile = (file: string): ReadonlyArray<InputEvent> => {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return eventsIn(text, file.includes(".jsonl"));
};

const filesUnder = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();

/** Reads a file of events (.json, .jsonl, either gzipped), or all such files of a directory in the order of their names. */
export const readEvents = (path: string): Input => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError(`--events ${path}: there is no such file or directory`);
  const files = found.isDirectory() ? filesUnder(path) : [path];
  const readable = files.filter((file) => pattern.test(file));
  if (!found.isDirectory() && readable.length === 0) {
    throw new InputError(`--events ${path}: has to end in .json, .jsonl, .json.gz or .jsonl.gz, or be a directory`);
  }
  try {
    return { events: readable.flatMap(readFile), ignored: files.filter((file) => !pattern.test(file)) };
  } catch (error) {
    throw new InputError(`--events ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
