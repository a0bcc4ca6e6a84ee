import { hash } from "node:crypto";
import { codes, skipSpace, skipString } from "../text/json-text.ts";
import { parseJson } from "../text/parse-json.ts";
import { redactLoosely } from "./redact-loosely.ts";

/** Puts digests in the place of personal data in an event's text; everything else stays byte for byte. */
export type Redact = (text: string) => string;

/** What the walk over a text asks: which names are meant, and what stands in the place of a value. */
export interface RedactionRules {
  readonly isField: (name: string) => boolean;
  /** `sha256:` and 12 hexadecimal digits. */
  readonly digestOf: (value: string) => string;
}

const hexDigits = 12;

/**
 * JSON in a text of JSON, and so on, is looked into this often; a text that lies deeper and may hold members is replaced
 * as a whole.
 */
const deepestText = 10;

/** A letter can be written with several characters and an umlaut in two ways; names are compared in one. */
const asCompared = (name: string): string => name.normalize("NFC").toLowerCase();

interface Container {
  readonly isObject: boolean;
  /** It is the value of a field, or lies in one: all that it holds is replaced. */
  readonly isRedacted: boolean;
}

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

/** Walks the tokens of a valid JSON text once, from left to right; whatever it holds, nothing is looked at twice. */
const redactJson = (text: string, rules: RedactionRules, depth: number): string => {
  const containers: Container[] = [];
  let redacted = "";
  let done = 0;
  let isName = false;
  let isField = false;
  const replace = (start: number, end: number, by: string): void => {
    redacted += text.slice(done, start) + by;
    done = end;
  };
  /** A text, or a name, may hold JSON of its own. */
  const redactOwn = (start: number, end: number): void => {
    const token = text.slice(start, end);
    const own = redactString(token, rules, depth);
    if (own !== token) replace(start, end, own);
  };
  const digest = (value: unknown): string => JSON.stringify(rules.digestOf(String(value)));
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const code = text.charCodeAt(at);
    const within = containers.at(-1);
    const isHidden = within?.isRedacted === true || isField;
    if (code === quote) {
      const end = skipString(text, at);
      const token = text.slice(at, end);
      if (isName) {
        const name = parseJson(token);
        isField = rules.isField(String(name));
        isName = false;
        if (within?.isRedacted === true) replace(at, end, digest(name));
        else if (!isField) redactOwn(at, end);
      } else if (isHidden) replace(at, end, digest(parseJson(token)));
      else redactOwn(at, end);
      at = end;
    } else if (code === minus || isDigit(code)) {
      const end = endOfNumber(text, at);
      if (isHidden) replace(at, end, digest(text.slice(at, end)));
      at = end;
    } else {
      if (code === openBrace || code === openBracket) {
        containers.push({ isObject: code === openBrace, isRedacted: isHidden });
        isName = code === openBrace;
        isField = false;
      } else if (code === closeBrace || code === closeBracket) {
        containers.pop();
        isName = false;
        isField = false;
      } else if (code === comma) {
        isName = within?.isObject === true;
        isField = false;
      }
      at += 1;
    }
  }
  return done === 0 ? text : redacted + text.slice(done);
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
