import type { QueryResult } from "../../local/querying/local-engine.ts";
import { paint, table } from "../terminal.ts";

const widest = 60;

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 3)}...` : text);

/** Columns for people; long values are cut, which `--csv` and `--json` do not. */
export const resultTable = ({ columns, rows }: QueryResult): string =>
  table([columns.map((name) => paint("bold", name)), ...rows.map((row) => row.map((value) => cut(value ?? "")))]);

const csvCell = (value: string | null): string =>
  value !== null && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? "");

/** As RFC 4180 has it, with a line of names; lines end as on this machine. */
export const resultCsv = ({ columns, rows }: QueryResult): string =>
  [columns, ...rows].map((row) => row.map(csvCell).join(",")).join("\n");

/** One object for each row. */
export const resultObjects = ({ columns, rows }: QueryResult): ReadonlyArray<Readonly<Record<string, string | null>>> =>
  rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
