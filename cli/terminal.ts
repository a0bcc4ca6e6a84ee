import { stripVTControlCharacters, styleText } from "node:util";

/**
 * What a terminal obeys instead of showing it: control characters, and those that turn the direction of writing. Names and
 * texts of others may hold some; a line break in one would forge a line of ours.
 */
const control = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text of others as it may stand within a line of ours: each control character as its escape. */
export const plain = (text: string): string => text.replaceAll(control, escaped);

/** Our own line breaks and colours. */
const own = new RegExp(`\\n|${String.fromCharCode(27)}\\[\\d{1,2}m`, "g");

const cleaned = (text: string): string => {
  let clean = "";
  let done = 0;
  for (const { 0: allowed, index } of text.matchAll(own)) {
    clean += plain(text.slice(done, index)) + allowed;
    done = index + allowed.length;
  }
  return clean + plain(text.slice(done));
};

type Style = Parameters<typeof styleText>[0];

/** Colours where the stream is a terminal that wants them; plain text when it is piped. */
export const paint = (style: Style, text: string): string => styleText(style, plain(text), { stream: process.stdout });

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

const pad = (text: string, width: number, isNumber: boolean): string => {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return isNumber ? `${space}${text}` : `${text}${space}`;
};

const isNumeric = (text: string): boolean => /^[\d,.]+( ?[a-z%]+)?$/i.test(text);

const largest = (values: ReadonlyArray<number>): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Aligned columns, numbers to the right; what a cell holds stays within it. */
export const table = (given: ReadonlyArray<ReadonlyArray<string>>): string => {
  const rows = given.map((row) => row.map(plain));
  const columns = largest(rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) => largest(rows.map((row) => widthOf(row[index] ?? ""))));
  return rows
    .map((row) =>
      row
        .map((cell, index) => pad(cell, widths[index] ?? 0, index > 0 && isNumeric(cell)))
        .join("   ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
};

export const number = (value: number): string => value.toLocaleString("en-US");

/** `1 event`, `2 events`. */
export const counted = (count: number, word: string): string => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

const hour = 3_600;
const day = 24 * hour;

/** In the two units that matter: `12.3 s`, `5 min 0 s`, `3 h 20 min`, `12 d 4 h`. */
export const duration = (milliseconds: number): string => {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < hour) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < day) return `${Math.floor(whole / hour)} h ${Math.floor((whole % hour) / 60)} min`;
  return `${Math.floor(whole / day)} d ${Math.floor((whole % day) / hour)} h`;
};

/** A line that is written over itself on a terminal, and left out where nobody watches. */
export const progressLine = (): { readonly show: (text: string) => void; readonly clear: () => void } => {
  const isWatched = process.stderr.isTTY === true;
  const write = (text: string): void => {
    if (isWatched) process.stderr.write(`\r\u001B[K${text}`);
  };
  return { show: write, clear: () => write("") };
};

export const bar = (share: number, width = 24): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)}`;
};

export const say = (text: string): void => {
  process.stdout.write(`${cleaned(text)}\n`);
};

export const complain = (text: string): void => {
  process.stderr.write(`${cleaned(text)}\n`);
};
