import { parseJson } from "../text/parse-json.ts";

/*
 * Redaction of a text that is no JSON: cut off, or with JSON in the middle of other words. Members are found by a quoted
 * name and a colon behind it, at any depth of quoting: in a text within a text each quote has backslashes before it, as
 * many for the end as for the beginning. Every quote may begin a name; what was replaced is never looked at again.
 */

/** What the walk over a text asks: which names are meant, and what stands in the place of a value. */
export interface RedactionRules {
  readonly isField: (name: string) => boolean;
  /** `sha256:` and 12 hexadecimal digits. */
  readonly digestOf: (value: string) => string;
}

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

const escapedSpace = /^(?:[nrt]|u00(?:20|09|0a|0d|a0))/i;

/** Behind a name: white space, also as it is escaped in a text within a text. */
const skipSpace = (text: string, from: number): number => {
  let at = from;
  for (;;) {
    while (at < text.length && whiteSpace.test(text.charAt(at))) at += 1;
    let letter = at;
    while (text[letter] === "\\") letter += 1;
    const [escaped] = letter === at ? [] : (escapedSpace.exec(text.slice(letter, letter + 5)) ?? []);
    if (escaped === undefined) return at;
    at = letter + escaped.length;
  }
};

/** A text within texts is unquoted this often, as often as JSON in texts is looked into. */
const deepest = 10;

interface Unquoted {
  readonly text: string;
  /** It is quoted more often still, so that nobody can tell what it says. */
  readonly isHidden: boolean;
}

/** The value of a text that is quoted several times over, as far as it can be told. */
const unquoted = (raw: string): Unquoted => {
  let text = raw;
  for (let times = 0; times < deepest; times += 1) {
    const inner = text.includes("\\") ? parseJson(`"${text}"`) : text;
    if (typeof inner !== "string" || inner === text) return { text, isHidden: false };
    text = inner;
  }
  return { text, isHidden: text.includes("\\") };
};

/** How many backslashes a quote has that is written as so many and `u0022`. */
const backslashesOfQuote = (count: number): number => (count % 2 === 1 ? count : 2 * backslashesOfQuote(count / 2) + 1);

/** The same text with each quote written as one: some write it as `\u0022`, at any depth of quoting. */
const withPlainQuotes = (text: string): string =>
  text.includes("u0022")
    ? text.replaceAll(/\\+u0022/g, (mark) => `${"\\".repeat(backslashesOfQuote(mark.length - 5))}"`)
    : text;

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

const endsWord = /[,}\]\n\r]/;

/**
 * Where a value ends that is not quoted as JSON does it: numbers with spaces, comments, other quotes. Rather a word too much
 * than a half of it: it goes on to a comma, a closing bracket or the end of the line, or of the text that it lies in.
 */
const endOfWord = (text: string, from: number, depth: number): number => {
  let at = from;
  for (; at < text.length && !endsWord.test(text.charAt(at)); at += 1) {
    if (text[at] !== '"') continue;
    const backslashes = backslashesBefore(text, at, from);
    if (backslashes < depth) return at - backslashes;
  }
  while (at > from && whiteSpace.test(text.charAt(at - 1))) at -= 1;
  return at;
};

const kept = new Set(["", "true", "false", "null"]);

/** The value that begins here; undefined where there is none that says anything of a person. */
const valueAt = (text: string, start: number, depth: number): Value | undefined => {
  if (text.startsWith(`${"\\".repeat(depth)}"`, start)) {
    const from = start + depth + 1;
    const { end, after } = endOfQuoted(text, from, depth);
    return { start, end: after, text: unquoted(text.slice(from, end)).text };
  }
  const isNested = text[start] === "{" || text[start] === "[";
  const end = isNested ? endOfNested(text, start, depth) : endOfWord(text, start, depth);
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
  if (text[colon] !== ":") return undefined;
  const name = unquoted(text.slice(opening + 1, closing - depth));
  return name.isHidden || isField(name.text) ? skipSpace(text, colon + 1) : undefined;
};

export const redactLoosely = (given: string, rules: RedactionRules): string => {
  const text = withPlainQuotes(given);
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
  return done === 0 ? given : redacted + text.slice(done);
};
