import { parseJson } from "./parse-json.ts";
import type { RedactionRules } from "./redact.ts";

/*
 * RedactionRules of a text that is no JSON: cut off, or with JSON in the middle of other words. Members are found by a quoted
 * name and a colon behind it, at any depth of quoting: in a text within a text each quote has backslashes before it, as
 * many for the end as for the beginning. Every quote may begin a name; what was replaced is never looked at again.
 */

interface Value {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const backslashesBefore = (text: string, at: number, notBefore: number): number => {
  let count = 0;
  while (at - count > notBefore && text[at - count - 1] === "\\") count += 1;
  return count;
};

const whiteSpace = /\s/;

/** Behind a name: white space, also as it is escaped in a text within a text. */
const skipSpace = (text: string, from: number): number => {
  let at = from;
  for (;;) {
    while (at < text.length && whiteSpace.test(text.charAt(at))) at += 1;
    let letter = at;
    while (text[letter] === "\\") letter += 1;
    if (letter === at || !/[nrt]/.test(text.charAt(letter))) return at;
    at = letter + 1;
  }
};

/** The value of a text that is quoted several times over, as far as it can be told. */
const unquoted = (raw: string): string => {
  let text = raw;
  // Each time at least halves what there is of backslashes.
  while (text.includes("\\")) {
    const inner = parseJson(`"${text}"`);
    if (typeof inner !== "string" || inner === text) return text;
    text = inner;
  }
  return text;
};

/** Where the quote is that ends a text of this depth, or one that it lies in; the end of the whole for one cut off. */
const endOfQuoted = (text: string, from: number, depth: number): { readonly end: number; readonly after: number } => {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const backslashes = backslashesBefore(text, at, from);
    if (backslashes === depth) return { end: at - backslashes, after: at + 1 };
    if (backslashes < depth) return { end: at - backslashes, after: at - backslashes };
  }
  return { end: text.length, after: text.length };
};

const endOfNested = (text: string, from: number, depth: number): number => {
  let level = 0;
  let isText = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') {
      const backslashes = backslashesBefore(text, at, from);
      if (backslashes < depth) return at - backslashes;
      if (backslashes === depth) isText = !isText;
    } else if (!isText) {
      if (character === "{" || character === "[") level += 1;
      if (character === "}" || character === "]") level -= 1;
      if (level === 0) return at + 1;
    }
  }
  return text.length;
};

const word = /[^\s,}\]"\\]/;

const endOfWord = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && word.test(text.charAt(at))) at += 1;
  return at;
};

const kept = new Set(["", "true", "false", "null"]);

/** The value that begins here; undefined where there is none that says anything of a person. */
const valueAt = (text: string, start: number, depth: number): Value | undefined => {
  if (text.startsWith(`${"\\".repeat(depth)}"`, start)) {
    const from = start + depth + 1;
    const { end, after } = endOfQuoted(text, from, depth);
    return { start, end: after, text: unquoted(text.slice(from, end)) };
  }
  const isNested = text[start] === "{" || text[start] === "[";
  const end = isNested ? endOfNested(text, start, depth) : endOfWord(text, start);
  const raw = text.slice(start, end);
  return kept.has(raw) ? undefined : { start, end, text: raw };
};

/** Where the value of a field begins whose name is quoted between these two quotes. */
const valueStart = (
  text: string,
  opening: number,
  closing: number,
  depth: number,
  { isField }: RedactionRules,
): number | undefined => {
  if (backslashesBefore(text, closing, opening + 1) !== depth) return undefined;
  const colon = skipSpace(text, closing + 1);
  if (text[colon] !== ":" || !isField(unquoted(text.slice(opening + 1, closing - depth)))) return undefined;
  return skipSpace(text, colon + 1);
};

export const redactLoosely = (text: string, rules: RedactionRules): string => {
  let redacted = "";
  let done = 0;
  let opening = text.indexOf('"');
  while (opening >= 0) {
    const closing = text.indexOf('"', opening + 1);
    if (closing < 0) break;
    const depth = backslashesBefore(text, opening, done);
    const start = valueStart(text, opening, closing, depth, rules);
    const value = start === undefined ? undefined : valueAt(text, start, depth);
    if (value !== undefined) {
      const mark = `${"\\".repeat(depth)}"`;
      redacted += `${text.slice(done, value.start)}${mark}${rules.digestOf(value.text)}${mark}`;
      done = value.end;
    }
    opening = value === undefined ? closing : text.indexOf('"', done);
  }
  return done === 0 ? text : redacted + text.slice(done);
};
