import { hash } from "node:crypto";
import { codes, skipSpace, skipString } from "../text/json-text.ts";
import { parseJson } from "../text/parse-json.ts";
import { type RedactionRules, redactLoosely } from "./redact-loosely.ts";

/** Puts digests in the place of personal data in an event's text; everything else stays byte for byte. */
export type Redact = (text: string) => string;

const hexDigits = 12;

/**
 * JSON in a text of JSON, and so on, is looked into this often; a text that lies deeper and may hold members is replaced
 * as a whole.
 */
const deepestText = 10;

/** A letter can be written with several characters and an umlaut in two ways; names are compared in one. */
const asCompared = (name: string): string => name.normalize("NFC").toLowerCase();

const { openBrace, openBracket, closeBrace, closeBracket, comma, quote } = codes;
const minus = 0x2d;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

const endOfNumber = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && /[\d.eE+-]/.test(text.charAt(at))) at += 1;
  return at;
};

/** Members in a text can only be told by their quotes, which in a text of JSON are escaped. */
const mayHoldMembers = (token: string): boolean => token.includes("\\");

const redactString = (token: string, rules: RedactionRules, depth: number): string => {
  const value = mayHoldMembers(token) ? parseJson(token) : undefined;
  if (typeof value !== "string" || !(value.includes('"') || value.includes("u0022"))) return token;
  const redacted = depth === deepestText ? rules.digestOf(value) : redactText(value, rules, depth + 1);
  return redacted === value ? token : JSON.stringify(redacted);
};

interface Container {
  readonly isObject: boolean;
  /** It is the value of a field, or lies in one: all that it holds is replaced. */
  readonly isRedacted: boolean;
}

/** A walk over the tokens of a text, and what has been written of it. */
interface Walk {
  readonly text: string;
  readonly rules: RedactionRules;
  readonly depth: number;
  readonly containers: Container[];
  redacted: string;
  /** As far as the text has been written. */
  done: number;
  /** The next text is the name of a member. */
  isName: boolean;
  /** The next value is that of a field. */
  isField: boolean;
}

const replace = (walk: Walk, start: number, end: number, by: string): void => {
  walk.redacted += walk.text.slice(walk.done, start) + by;
  walk.done = end;
};

const digest = ({ rules }: Walk, value: unknown): string => JSON.stringify(rules.digestOf(String(value)));

/** A text, or a name, may hold JSON of its own. */
const redactOwn = (walk: Walk, start: number, end: number): void => {
  const token = walk.text.slice(start, end);
  const own = redactString(token, walk.rules, walk.depth);
  if (own !== token) replace(walk, start, end, own);
};

const onString = (walk: Walk, start: number, end: number, isHidden: boolean): void => {
  const { isName, text } = walk;
  walk.isName = false;
  if (!isName && !isHidden) redactOwn(walk, start, end);
  else if (!isName) replace(walk, start, end, digest(walk, parseJson(text.slice(start, end))));
  else {
    const name = parseJson(text.slice(start, end));
    walk.isField = walk.rules.isField(String(name));
    if (walk.containers.at(-1)?.isRedacted === true) replace(walk, start, end, digest(walk, name));
    else if (!walk.isField) redactOwn(walk, start, end);
  }
};

const onPunctuation = (walk: Walk, code: number, isHidden: boolean): void => {
  const isOpening = code === openBrace || code === openBracket;
  const isClosing = code === closeBrace || code === closeBracket;
  if (isOpening) walk.containers.push({ isObject: code === openBrace, isRedacted: isHidden });
  if (isClosing) walk.containers.pop();
  if (isOpening || isClosing || code === comma) {
    walk.isName = code === openBrace || (code === comma && walk.containers.at(-1)?.isObject === true);
    walk.isField = false;
  }
};

/** Takes one token; answers where the next one may begin. */
const step = (walk: Walk, at: number): number => {
  const { text } = walk;
  const code = text.charCodeAt(at);
  const isHidden = walk.containers.at(-1)?.isRedacted === true || walk.isField;
  if (code === quote) {
    const end = skipString(text, at);
    onString(walk, at, end, isHidden);
    return end;
  }
  if (code === minus || isDigit(code)) {
    const end = endOfNumber(text, at);
    if (isHidden) replace(walk, at, end, digest(walk, text.slice(at, end)));
    return end;
  }
  onPunctuation(walk, code, isHidden);
  return at + 1;
};

/** Walks the tokens of a valid JSON text once, from left to right; whatever it holds, nothing is looked at twice. */
const redactJson = (text: string, rules: RedactionRules, depth: number): string => {
  const walk: Walk = { text, rules, depth, containers: [], redacted: "", done: 0, isName: false, isField: false };
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) at = step(walk, at);
  return walk.done === 0 ? text : walk.redacted + text.slice(walk.done);
};

const redactText = (text: string, rules: RedactionRules, depth: number): string =>
  parseJson(text) === undefined ? redactLoosely(text, rules) : redactJson(text, rules, depth);

/**
 * Replaces every text, number and name of a member in the values of the named members, wherever they stand, by
 * `sha256:<12 hex>` of the value with the stack's salt: equal values stay equal. Names are compared without regard to
 * case, however they are spelled in JSON. Linear in the text's length. docs/security.md says what is reached.
 */
export const redactor = (fields: ReadonlyArray<string>, salt: string): Redact => {
  if (fields.length === 0) return (text) => text;
  const wanted = new Set(fields.map(asCompared));
  // A decomposed letter has up to three characters; no longer name is worth being compared.
  const longest = 4 * fields.reduce((most, { length }) => Math.max(most, length), 0);
  const rules: RedactionRules = {
    isField: (name) => name.length <= longest && wanted.has(asCompared(name)),
    digestOf: (value) => `sha256:${hash("sha256", `${salt}\n${value}`, "hex").slice(0, hexDigits)}`,
  };
  return (text) => redactText(text, rules, 0);
};
