import { hash } from "node:crypto";

/** Puts digests in the place of personal data in an event's text; everything else stays byte for byte. */
export type Redact = (text: string) => string;

const hexDigits = 12;

/** A value that was redacted before, such as by process-batch when it comes back out of a failed chunk. */
const isRedacted = (raw: string): boolean => /^sha256:[0-9a-f]{12}$/.test(raw);

/** Where a JSON value ends that begins at `start`; the end of the text for one that is cut off. */
const endOfValue = (text: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
    } else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth -= 1;
    } else if (character === "," && depth === 0) return at;
    if (depth === 0 && (character === '"' || character === "}" || character === "]")) return at + 1;
  }
  return text.length;
};

/** A string, with the colon behind it where it is a member's name, or a number. */
const token = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d[\d.eE+-]*/g;

/**
 * Replaces every text and number in the values of the named members, wherever they stand, by `sha256:<12 hex>` of the
 * value with the stack's salt: equal values stay equal. Doing it twice changes nothing more.
 */
export const redactor = (fields: ReadonlyArray<string>, salt: string): Redact => {
  if (fields.length === 0) return (text) => text;
  const member = new RegExp(`"(?:${fields.join("|")})"\\s*:\\s*`, "g");
  // JSON inside a text of JSON: the same quotes with as many backslashes before each.
  const inText = new RegExp(
    `(\\\\+)"(?:${fields.join("|")})\\1"\\s*:\\s*(?:\\1"(.*?)(?<!\\\\)\\1"|(-?\\d[\\d.eE+-]*))`,
    "gs",
  );
  const digestOf = (raw: string): string => `sha256:${hash("sha256", `${salt}\n${raw}`, "hex").slice(0, hexDigits)}`;
  const digest = (raw: string): string => `"${digestOf(raw)}"`;
  const redactInText = (text: string): string =>
    text.replaceAll(inText, (whole, slashes: string, quoted: string | undefined, digits: string | undefined) => {
      const raw = quoted ?? digits ?? "";
      if (isRedacted(raw)) return whole;
      const value = quoted === undefined ? raw : `${slashes}"${raw}${slashes}"`;
      return `${whole.slice(0, -value.length)}${slashes}"${digestOf(raw)}${slashes}"`;
    });
  const redactValue = (value: string): string =>
    value.replaceAll(token, (whole, raw: string | undefined, colon: string | undefined) =>
      colon !== undefined || (raw !== undefined && isRedacted(raw)) ? whole : digest(raw ?? whole),
    );
  return (text) => {
    let redacted = "";
    let done = 0;
    for (const match of text.matchAll(member)) {
      if (match.index < done) continue;
      const start = match.index + match[0].length;
      const end = endOfValue(text, start);
      redacted += text.slice(done, start) + redactValue(text.slice(start, end));
      done = end;
    }
    return redactInText(done === 0 ? text : redacted + text.slice(done));
  };
};
