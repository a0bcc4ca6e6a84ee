import { skipSpace, skipString, skipValue } from "../../src/text/json-text.ts";
import { parseJson } from "../../src/text/parse-json.ts";

/** A piece of a file that should be an event, as it is written there, and where it stands. */
export interface InputItem {
  readonly text: string;
  /** `line 2`, `line 2, value 3`. */
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

/** An event over several lines is looked for as far as one can reach. */
const longestValue = 8 * 1024 * 1024;

const separators: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n", ",", "[", "]", "\ufeff"]);

/** A line of a log group's export begins with the time at which it was logged. */
const logTime = /\d{4}-\d\d-\d\dT[\d:.]{8,20}Z[ \t]+(?=[{"])/y;

const lineEnd = (text: string, from: number): number => {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
};

const skipLogTime = (text: string, at: number): number => {
  logTime.lastIndex = at;
  return logTime.test(text) ? logTime.lastIndex : at;
};

/**
 * Where the value ends that begins at `start`, if it is JSON; else where the broken piece ends: with itself where its braces
 * close in their line, else with the line, because a value that was cut off swallows what follows it.
 */
const readValue = (
  text: string,
  start: number,
  eol: number,
  reach: number,
): { readonly end: number; readonly isJson: boolean } => {
  const opens = text.charAt(start);
  if (opens === "{" || opens === '"') {
    const window = text.slice(start, opens === "{" ? Math.max(eol, Math.min(text.length, start + reach)) : eol);
    const length = opens === "{" ? skipValue(window, 0) : skipString(window, 0);
    const isJson = parseJson(window.slice(0, length)) !== undefined;
    const isOneLine = start + length <= eol && window.charAt(length - 1) === (opens === "{" ? "}" : '"');
    return { end: isJson || isOneLine ? start + length : eol, isJson };
  }
  const end = skipValue(text, start);
  const isAlone =
    end <= eol && (end === eol || separators.has(text.charAt(skipSpace(text, end))) || skipSpace(text, end) > eol);
  return isAlone && parseJson(text.slice(start, end)) !== undefined
    ? { end, isJson: true }
    : { end: eol, isJson: false };
};

/**
 * The values of a text, whatever stands between them: lines, commas, brackets of a list, the times of a log, or nothing. A
 * value that is broken costs only itself, or the rest of its line. Linear: looking in vain for the end of values that were cut
 * off reads the text a few times over at most.
 */
export const itemsOf = (text: string): ReadonlyArray<InputItem> => {
  const items: InputItem[] = [];
  let inVain = 4 * text.length + longestValue;
  let line = 1;
  let inLine = 0;
  let newline = lineEnd(text, 0);
  let eol = -1;
  for (let at = 0; at < text.length; ) {
    if (separators.has(text.charAt(at))) {
      at += 1;
      continue;
    }
    // Line breaks and the end of a line are looked for once each: a line may hold very many values.
    for (; newline < at; newline = lineEnd(text, newline + 1)) {
      line += 1;
      inLine = 0;
    }
    const start = skipLogTime(text, at);
    if (start > eol) eol = lineEnd(text, start);
    const { end, isJson } = readValue(text, start, eol, Math.min(longestValue, inVain));
    if (!isJson) inVain = Math.max(0, inVain - Math.min(longestValue, text.length - start));
    inLine += 1;
    // What is no value stays as it is written, with the time before it.
    const piece = text.slice(isJson ? start : at, end).trim();
    items.push({ text: piece, place: inLine === 1 ? `line ${line}` : `line ${line}, value ${inLine}` });
    at = end;
  }
  return items;
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
