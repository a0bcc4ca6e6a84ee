import { readFileSync } from "node:fs";
import { eventTypes } from "../../src/event/event-type.ts";

/** Types that mean the same in Athena's views, in their columns in Glue, and in the engine of the local run. */
const hiveTypes = {
  varchar: "string",
  bigint: "bigint",
  double: "double",
  boolean: "boolean",
  "timestamp(3)": "timestamp",
} as const;
export type ViewType = keyof typeof hiveTypes;

export interface View {
  readonly name: string;
  readonly describes: string;
  /** In Athena's SQL; reads tables and other views of the same database. */
  readonly sql: string;
  readonly columns: ReadonlyArray<readonly [name: string, type: ViewType]>;
}

type Columns = View["columns"];

const texts = (...names: ReadonlyArray<string>): Columns => names.map((name) => [name, "varchar"]);
const numbers = (...names: ReadonlyArray<string>): Columns => names.map((name) => [name, "bigint"]);
const times = (...names: ReadonlyArray<string>): Columns => names.map((name) => [name, "timestamp(3)"]);
const flags = (...names: ReadonlyArray<string>): Columns => names.map((name) => [name, "boolean"]);

const measured: Columns = [
  ...texts("key", "message_id", "conversation_id", "participant_id", "session_id", "queue_id", "queue_name"),
  ...texts("user_id", "user_name", "media_type", "direction", "acd_outcome", "disconnect_type", "wrapup_code"),
  ...numbers("connected_ms", "alerting_ms", "interacting_ms", "held_ms", "wrapup_ms"),
  ...times("event_time", "received_at"),
];
const ofEvent: Columns = [...measured, ...flags("is_late"), ...texts("line", "type", "dt")];
const ofCopy: Columns = [
  ...measured,
  ...texts("reason"),
  ...flags("is_set_aside"),
  ...texts("unkeyed_line"),
  ...flags("is_late"),
  ...texts("line", "type", "dt"),
];

/** What a day's Parquet has: all of a copy but what its partitions say. */
export const compactedColumns: Columns = ofCopy.filter(([name]) => name !== "dt" && name !== "type");
export const compactedPartitions = ["dt", "version", "type"] as const;

const columnsOf: Readonly<Record<string, Columns>> = {
  line_copies: ofCopy,
  day_sources: texts("source"),
  open_copies: ofCopy,
  copies: ofCopy,
  every_copy: ofEvent,
  events: ofEvent,
  excess: [
    ...texts(
      "key",
      "message_id",
      "conversation_id",
      "participant_id",
      "queue_id",
      "queue_name",
      "media_type",
      "reason",
    ),
    ...times("event_time", "received_at"),
    ...flags("is_late"),
    ...texts("line", "type", "dt"),
  ],
  queue_entries: [
    ...texts("conversation_id", "participant_id", "queue_id", "queue_name", "media_type"),
    ...times("entered_at", "left_at"),
    ...texts("outcome"),
    ...numbers("waited_ms"),
    ...texts("answered_by"),
    ...flags("is_set_aside"),
    ...texts("dt"),
  ],
  conversations: [
    ...texts("conversation_id"),
    ...times("started_at", "ended_at"),
    ...texts("media", "queues", "users", "outcome"),
    ...numbers("entries", "entries_set_aside", "waiting_ms", "talking_ms"),
    ...texts("dt"),
  ],
  queue_intervals: [
    ...texts("queue_id", "queue_name"),
    ...times("interval_start"),
    ...numbers("offered", "answered", "abandoned", "flowed_out", "transferred", "entries_set_aside", "ended"),
    ...numbers("waiting_total_ms"),
    ["waiting_mean_ms", "double"],
    ...numbers("waiting_most_ms", "answered_in_time"),
    ...texts("dt"),
  ],
  failed_events: [
    ...texts("message_id", "key", "reason", "detail"),
    ...numbers("attempts"),
    ...times("received_at"),
    ...texts("body", "chunk_id", "dt"),
  ],
  stream_errors: [
    ...texts("error_type", "error_code", "error_message"),
    ...numbers("attempts"),
    ...texts("key", "message_id", "conversation_id", "record"),
  ],
};

/** The comment with which each file begins says what it answers. */
const describedBy = (sql: string): string => /^-- (.*)$/m.exec(sql)?.[1] ?? "";

const read = (folder: string, name: string): string =>
  readFileSync(new URL(`./${folder}/${name}.sql`, import.meta.url), "utf8").trim();

/** The first day that a table knows. */
export const firstDate = "2025-01-01";

export interface ViewSettings {
  readonly serviceLevelSeconds: number;
  /** Finished days may lie there as Parquet too. */
  readonly parquet: boolean;
}

const ofParquet: ReadonlySet<string> = new Set(["open_copies", "day_sources", "copies"]);

/** In an order in which each reads only what stands before it. */
export const views = ({ serviceLevelSeconds, parquet }: ViewSettings): ReadonlyArray<View> =>
  Object.entries(columnsOf)
    .filter(([name]) => parquet || !ofParquet.has(name))
    .map(([name, columns]) => {
      const isOpen = name === "open_copies";
      const sql = read("views", isOpen ? "line_copies" : name)
        .replaceAll(":lines", isOpen ? "open_lines" : "lines")
        .replaceAll(":excess_lines", isOpen ? "open_excess_lines" : "excess_lines")
        .replaceAll(":service_level_seconds", String(serviceLevelSeconds))
        .replaceAll(":first_date", firstDate)
        .replaceAll(":copies", parquet ? "copies" : "line_copies");
      return { name, describes: describedBy(sql), sql, columns };
    });

const inner: ReadonlySet<string> = new Set(["line_copies", "open_copies", "day_sources", "copies"]);

/** Without those that are there for the others. */
export const viewsToAsk = (settings: ViewSettings): ReadonlyArray<View> =>
  views(settings).filter(({ name }) => !inner.has(name));

export interface NamedQuery {
  readonly name: string;
  readonly describes: string;
  /** With `:day` and `:conversation` where these belong. */
  readonly sql: string;
}

const queryNames = [
  "entries_per_queue_and_hour",
  "waiting_and_service_level",
  "abandoned_share",
  "agents_by_conversations",
  "transfers",
  "one_conversation",
  "late",
  "copies",
  "set_aside",
  "parked",
] as const;

/** The questions that analysts ask. */
export const namedQueries = (): ReadonlyArray<NamedQuery> =>
  queryNames.map((name) => {
    const sql = read("queries", name);
    return { name, describes: describedBy(sql), sql };
  });

/** Below the table's own place, where UNLOAD has put it. */
const partitionOf = (type: string): string => `PARTITION (dt = ':dt', version = ':version', type = '${type}')`;

/** A statement by which a day is compacted, with `:dt`, `:version` and `:bucket` where these belong. */
export const compactionStatement = (name: "unload" | "add_partition" | "open_from"): string =>
  read("compaction", name)
    .replaceAll(/^--.*\n/gm, "")
    .replaceAll(/\s+/g, " ")
    .replace(":partitions", () => eventTypes.map(partitionOf).join(" "));

/** Columns as Hive would have them. */
export const glueColumns = (columns: Columns) => columns.map(([name, type]) => ({ name, type: hiveTypes[type] }));

/** A view as Athena keeps it in Glue: its text in JSON, and its columns. */
export const glueView = ({ sql, columns }: View, schema: string) => {
  const presto = {
    originalSql: sql,
    catalog: "awsdatacatalog",
    schema,
    columns: columns.map(([name, type]) => ({ name, type })),
  };
  return {
    viewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(presto)).toString("base64")} */`,
    columns: glueColumns(columns),
  };
};
