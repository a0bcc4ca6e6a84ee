import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import { type View, views } from "../../infra/querying/views.ts";
import { UsageError } from "../command.ts";
import type { QueryResult } from "./query-result.ts";

/*
 * The tables and views of the stack over the objects of a local run, in DuckDB. The SQL is Athena's, text by text: where
 * DuckDB has another word for the same thing, a macro of Athena's name stands for it. These are all differences, but that
 * Athena takes a text such as `7` for a year: Floodgate writes whole times, so only lines of others can have one.
 */
const macros = [
  "json_extract_scalar(value, path) AS CASE WHEN NOT json_valid(value) OR json_type(value, path) IN ('OBJECT', 'ARRAY') THEN NULL ELSE json_extract_string(value, path) END",
  "from_iso8601_timestamp(value) AS CAST(value AS TIMESTAMP)",
  "from_unixtime(seconds) AS make_timestamp(CAST(seconds * 1e6 AS BIGINT))",
  "from_utf8(bytes) AS decode(bytes)",
  "array_join(list, separator) AS array_to_string(list, separator)",
  "date_add(unit, number, instant) AS instant + CASE unit WHEN 'millisecond' THEN to_milliseconds(number) WHEN 'minute' THEN to_minutes(number) END",
];

/** A line may be as large as Firehose's largest record, or hold a failed message of the buffer's largest in base64. */
const longestLine = 16 * 1024 * 1024;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

interface BaseTable {
  readonly name: string;
  readonly pattern: string;
  readonly columns: Readonly<Record<string, string>>;
}

const dateIn = (folder: string): string => String.raw`regexp_extract("$path", '${folder}/(\d{4}-\d\d-\d\d)/', 1)`;

const baseTables: ReadonlyArray<BaseTable> = [
  { name: "lines", pattern: "type=*/dt=*/shard=*/*", columns: { type: "type", dt: "dt", shard: "shard" } },
  { name: "excess_lines", pattern: "excess=*/dt=*/shard=*/*", columns: { type: "excess", dt: "dt", shard: "shard" } },
  { name: "failed_lines", pattern: "failed/*/*", columns: { dt: dateIn("failed") } },
  { name: "error_lines", pattern: "errors/**/*", columns: {} },
];

/** DuckDB refuses a pattern that no file has, also where the folders are there. */
const hasFiles = async (connection: DuckDBConnection, pattern: string): Promise<boolean> =>
  (await connection.runAndReadAll(`SELECT 1 FROM glob(${quoted(pattern)}) LIMIT 1`)).currentRowCount > 0;

const isHive = (pattern: string): boolean => pattern.includes("=");

/** One string a line, whatever it holds: nothing in it separates, quotes or comments. */
const linesOf = (files: string, hasSome: boolean, { pattern, columns }: BaseTable): string => {
  const source = hasSome
    ? `SELECT *, filename AS "$path" FROM read_csv(${quoted(files)}, columns = {'line': 'VARCHAR'}, auto_detect = false,
        delim = '\u0001', quote = '', escape = '', comment = '', header = false, strict_mode = false, filename = true,
        max_line_size = ${longestLine}, hive_partitioning = ${isHive(pattern)}, hive_types_autocast = false)`
    : `SELECT '' AS line, '' AS "$path"${isHive(pattern) ? ", '' AS type, '' AS excess, '' AS dt, '' AS shard" : ""} WHERE false`;
  const others = Object.entries(columns).map(([name, expression]) => `, ${expression} AS ${name}`);
  return `SELECT line, "$path"${others.join("")} FROM (${source})`;
};

const define = async (connection: DuckDBConnection, bucket: string, declared: ReadonlyArray<View>): Promise<void> => {
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of macros) await connection.run(`CREATE MACRO ${macro}`);
  for (const base of baseTables) {
    const files = join(bucket, base.pattern);
    const lines = linesOf(files, await hasFiles(connection, files), base);
    await connection.run(`CREATE VIEW ${base.name} AS ${lines}`);
  }
  for (const { name, sql } of declared) await connection.run(`CREATE VIEW ${name} AS ${sql}`);
};

const withMilliseconds = (instant: string): string => {
  const [seconds = "", fraction = ""] = instant.split(".");
  return `${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}`;
};

/** Athena writes milliseconds always, DuckDB only where there are some. */
const asAthena = (value: unknown, type: DuckDBType | undefined): string | null => {
  if (value === null || value === undefined) return null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return String(type).startsWith("TIMESTAMP") ? withMilliseconds(text) : text;
};

/** The folder of a run's bucket: the one below `s3` that has events. */
export const bucketIn = (out: string): string => {
  const folder = join(out, "s3");
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  if (name === undefined) throw new UsageError(`${folder} has no bucket: run npx floodgate run first, or name --out`);
  return join(folder, name);
};

export interface LocalEngine {
  readonly query: (sql: string) => Promise<QueryResult>;
  readonly close: () => void;
}

/** Opens the objects of a local run; nothing is copied, each query reads them. */
export const openLocalEngine = async (bucket: string, serviceLevelSeconds: number): Promise<LocalEngine> => {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new UsageError("queries on a local run need @duckdb/node-api, a development dependency: run npm ci");
  });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await define(connection, bucket, views(serviceLevelSeconds));
  return {
    query: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      const types = reader.columnTypes();
      const rows = reader.getRowsJson().map((row) => row.map((value, index) => asAthena(value, types[index])));
      return { columns: reader.columnNames(), rows };
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};
