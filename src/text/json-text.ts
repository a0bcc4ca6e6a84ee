import { parseJson } from "./parse-json.ts";

/** Where a value stands in a JSON text, in UTF-16 code units; `end` is exclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The characters that structure a JSON text, as UTF-16 code units. */
export const codes = {
  quote: 0x22,
  comma: 0x2c,
  openBrace: 0x7b,
  openBracket: 0x5b,
  closeBrace: 0x7d,
  closeBracket: 0x5d,
} as const;
const { openBrace, openBracket, closeBrace, closeBracket, comma, quote } = codes;
const backslash = 0x5c;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

export const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
};

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
};

export const skipString = (text: string, opening: number): number => {
  let closing = text.indexOf('"', opening + 1);
  while (closing > 0 && isEscaped(text, closing)) closing = text.indexOf('"', closing + 1);
  return closing < 0 ? text.length : closing + 1;
};

const skipNested = (text: string, opening: number): number => {
  let depth = 0;
  let at = opening;
  do {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = skipString(text, at);
      continue;
    }
    if (code === openBrace || code === openBracket) depth += 1;
    if (code === closeBrace || code === closeBracket) depth -= 1;
    at += 1;
  } while (depth > 0 && at < text.length);
  return at;
};

const isDelimiter = (code: number): boolean =>
  Number.isNaN(code) || code === comma || code === closeBrace || code === closeBracket || isSpace(code);

/** Where the value ends that begins at `from`; the end of the text for one that is cut off. */
export const skipValue = (text: string, from: number): number => {
  const code = text.charCodeAt(from);
  if (code === quote) return skipString(text, from);
  if (code === openBrace || code === openBracket) return skipNested(text, from);
  let at = from;
  while (!isDelimiter(text.charCodeAt(at))) at += 1;
  return at;
};

const nameOf = (text: string, { start, end }: Span): unknown => {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes("\\") ? parseJson(text.slice(start, end)) : raw;
};

/** Calls `visit` for each member of an object, in order; see `memberSpan` for what is asked of the text. */
const visitMembers = (text: string, object: number, visit: (name: Span, value: Span) => void): void => {
  let at = skipSpace(text, object) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text.charCodeAt(at) !== quote) return;
    const name = { start: at, end: skipString(text, at) };
    const start = skipSpace(text, skipSpace(text, name.end) + 1);
    const value = { start, end: skipValue(text, start) };
    visit(name, value);
    at = skipSpace(text, value.end);
    if (text.charCodeAt(at) !== comma) return;
    at += 1;
  }
};

/**
 * Finds the value of a member of an object without re-encoding anything, so that a part of an event can be hashed
 * and passed on as it was received.
 *
 * `text` has to be valid JSON (JSON.parse accepted it) and `object` the index of the object's opening brace, or of
 * white space before it. Of several members with the name the last counts, as for JSON.parse.
 */
const memberSpan = (text: string, name: string, object = 0): Span | undefined => {
  let found: Span | undefined;
  visitMembers(text, object, (own, value) => {
    if (nameOf(text, own) === name) found = value;
  });
  return found;
};

/** The text of an object in which each of its own members of that name, however it is spelled, has another. */
export const renameMember = (text: string, name: string, to: string): string => {
  let renamed = "";
  let done = 0;
  visitMembers(text, 0, (own) => {
    if (nameOf(text, own) !== name) return;
    renamed += `${text.slice(done, own.start)}${JSON.stringify(to)}`;
    done = own.end;
  });
  return renamed + text.slice(done);
};

/** The text of the value at the end of a path of members, as it was received. */
export const memberText = (text: string, path: ReadonlyArray<string>): string | undefined => {
  let span: Span | undefined = { start: 0, end: text.length };
  for (const name of path) {
    if (span === undefined || text.charCodeAt(skipSpace(text, span.start)) !== openBrace) return undefined;
    span = memberSpan(text, name, span.start);
  }
  return span === undefined ? undefined : text.slice(span.start, span.end);
};
