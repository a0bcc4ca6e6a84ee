import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";

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
  "sequence(first, last) AS [CAST(instant AS DATE) FOR instant IN generate_series(CAST(first AS TIMESTAMP), CAST(last AS TIMESTAMP), INTERVAL 1 DAY)]",
  "date_add(unit, number, instant) AS instant + CASE unit WHEN 'millisecond' THEN to_milliseconds(number) WHEN 'minute' THEN to_minutes(number) END",
];

/** A line may be as large as Firehose's largest record, or hold a failed message of the buffer's largest in base64. */
const longestLine = 16 * 1024 * 1024;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A column as Glue has it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** What a stack declares on top of the tables of lines. */
export interface Catalog {
  /** In Athena's SQL; each reads only what stands before it. */
  readonly views: ReadonlyArray<{ readonly name: string; readonly sql: string }>;
  /** Of the table `compacted_copies`, without its partitions. */
  readonly compactedColumns: ReadonlyArray<Column>;
}

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
  { name: "compacted_days", pattern: "compacted/days/*", columns: {} },
];

/** Where the local Athena notes what Glue would know: beside the buckets. */
const glueFile = (buckets: string, name: string): string => join(dirname(buckets), "glue", name);

/** The partitions of compacted_copies, a path of each a line. */
export const partitionsFile = (bucket: string): string => glueFile(dirname(bucket), "compacted_copies");

/** The first date that a table knows. */
export const openFromFile = (buckets: string, table: string): string => glueFile(buckets, table);

const isOpen = (bucket: string, table: string): string => {
  const file = openFromFile(dirname(bucket), table);
  return existsSync(file) ? `dt >= ${quoted(readFileSync(file, "utf8"))}` : "true";
};

/** Objects of a version that is no partition, or of a write that was stopped, belong to no table. */
const compactedFiles = (bucket: string): ReadonlyArray<string> =>
  existsSync(partitionsFile(bucket))
    ? readFileSync(partitionsFile(bucket), "utf8")
        .split("\n")
        .filter((path) => path !== "")
        .map((path) => join(bucket, path, "**/*.parquet"))
    : [];

/** Hive's names of types are DuckDB's too, but for its texts. */
const nullOf = ({ name, type }: Column): string => `CAST(NULL AS ${type === "string" ? "VARCHAR" : type}) AS ${name}`;

/** Parquet knows its own types; where there is none yet, the table has no rows. */
const compactedCopies = (files: ReadonlyArray<string>, columns: ReadonlyArray<Column>): string =>
  files.length > 0
    ? `SELECT * FROM read_parquet([${files.map(quoted).join(", ")}], hive_partitioning = true, hive_types_autocast = false)`
    : `SELECT ${[...columns, ...["dt", "version", "type"].map((name) => ({ name, type: "string" }))].map(nullOf).join(", ")} WHERE false`;

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

const define = async (
  connection: DuckDBConnection,
  bucket: string,
  { views, compactedColumns }: Catalog,
): Promise<void> => {
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of macros) await connection.run(`CREATE MACRO ${macro}`);
  for (const base of baseTables) {
    const files = join(bucket, base.pattern);
    const lines = linesOf(files, await hasFiles(connection, files), base);
    await connection.run(`CREATE VIEW ${base.name} AS ${lines}`);
  }
  for (const table of ["lines", "excess_lines"]) {
    const open = `open_${table}`;
    await connection.run(`CREATE VIEW ${open} AS SELECT * FROM ${table} WHERE ${isOpen(bucket, open)}`);
  }
  await connection.run(`CREATE VIEW compacted_copies AS ${compactedCopies(compactedFiles(bucket), compactedColumns)}`);
  for (const { name, sql } of views) await connection.run(`CREATE VIEW ${name} AS ${sql}`);
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

/** What a query answers, as texts; null where the engine says NULL. */
export interface QueryResult {
  readonly columns: ReadonlyArray<string>;
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>;
}

export interface LocalEngine {
  readonly query: (sql: string) => Promise<QueryResult>;
  readonly close: () => void;
}

/** Opens the objects of a local run; nothing is copied, each query reads them. */
export const openLocalEngine = async (bucket: string, catalog: Catalog): Promise<LocalEngine> => {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new Error("queries on a local run need @duckdb/node-api, a development dependency: run npm ci");
  });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await define(connection, bucket, catalog);
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
