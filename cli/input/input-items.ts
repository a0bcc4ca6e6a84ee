import { skipSpace, skipString, skipValue } from "../../src/domain/json-text.ts";
import { parseJson } from "../../src/domain/parse-json.ts";

/** A piece of a file that should be an event, as it is written there, and where it stands. */
export interface InputItem {
  readonly text: string;
  /** `line 2`, `element 3`. */
  readonly place: string;
}

/** Splits the text of a JSON array into the texts of its elements, so that none of them is encoded again. */
export const elementsOf = (text: string): ReadonlyArray<string> => {
  const elements: string[] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (at < text.length && text.charAt(at) !== "]") {
    const end = skipValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text.charAt(at) === ",") at = skipSpace(text, at + 1);
  }
  return elements;
};

/** A value over several lines is looked for as far as an event can reach, and no more often than this in vain. */
const longestValue = 8 * 1024 * 1024;
const mostInVain = 50;

/** The end of a line, without it. */
const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
};

/** What stands between the elements of an array that was written a line each. */
const isPunctuation = (line: string): boolean => /^[[\],\s]*$/.test(line);

const withoutComma = (line: string): string => (line.endsWith(",") ? line.slice(0, -1).trimEnd() : line);

/** Values one behind the other in a line, as Firehose writes them without a line break: `{...}{...}`. */
const inOneLine = (line: string): ReadonlyArray<string> => {
  const values: string[] = [];
  let at = 0;
  while (at < line.length) {
    const end = skipValue(line, at);
    const value = line.slice(at, end);
    if (end === at || parseJson(value) === undefined) return [line];
    values.push(value);
    at = skipSpace(line, end);
  }
  return values;
};

/** A line each, or values over several lines; what is neither is a line by itself. */
const itemsInLines = (text: string): ReadonlyArray<InputItem> => {
  const items: InputItem[] = [];
  let number = 0;
  let inVain = 0;
  for (let at = 0; at < text.length; ) {
    number += 1;
    const place = `line ${number}`;
    const end = lineEnd(text, at);
    const line = withoutComma(text.slice(at, end).trim());
    const start = at;
    at = end + 1;
    if (isPunctuation(line)) continue;
    if (parseJson(line) !== undefined || !/^[{[]/.test(line)) {
      items.push({ text: line, place });
      continue;
    }
    const values = inOneLine(line);
    if (values.length > 1) {
      items.push(...values.map((value, index) => ({ text: value, place: `${place}, value ${index + 1}` })));
      continue;
    }
    const window = inVain < mostInVain ? text.slice(skipSpace(text, start), start + longestValue) : "";
    const value = window.slice(0, skipValue(window, 0));
    if (value.length > line.length && parseJson(value) !== undefined) {
      items.push({ text: value, place });
      const behind = skipSpace(text, start) + value.length;
      number += value.split("\n").length - 1;
      at = lineEnd(text, behind) + 1;
    } else {
      inVain += 1;
      items.push({ text: line, place });
    }
  }
  return items;
};

/** The items of a text: the elements of an array, one value, or a line each. */
export const itemsOf = (text: string): ReadonlyArray<InputItem> => {
  const parsed = parseJson(text);
  if (parsed === undefined) return itemsInLines(text);
  if (Array.isArray(parsed)) {
    return elementsOf(text).map((element, index) => ({ text: element, place: `element ${index + 1}` }));
  }
  return [{ text: text.trim(), place: "line 1" }];
};

/** Without white space between tokens, as EventBridge hands events on; every token stays as it was written. */
export const compact = (text: string): string => {
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const outside = quote < 0 ? text.length : quote;
    pieces.push(text.slice(at, outside).replace(/\s+/g, ""));
    at = quote < 0 ? text.length : skipString(text, quote);
    pieces.push(text.slice(outside, at));
  }
  return pieces.join("");
};
