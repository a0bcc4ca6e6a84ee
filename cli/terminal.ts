import { stripVTControlCharacters, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours where the stream is a terminal that wants them; plain text when it is piped. */
export const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

const pad = (text: string, width: number, isNumber: boolean): string => {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return isNumber ? `${space}${text}` : `${text}${space}`;
};

const isNumeric = (text: string): boolean => /^[\d,.]+( ?[a-z%]+)?$/i.test(text);

/** Aligned columns, numbers to the right. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ""))),
  );
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

export const duration = (milliseconds: number): string => {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
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
  process.stdout.write(`${text}\n`);
};

export const complain = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
