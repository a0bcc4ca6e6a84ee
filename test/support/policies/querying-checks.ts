import type { Plan, PlannedResource } from "../../../local/plan.ts";
import { eventTypes } from "../../../src/event/event-type.ts";
import { each, inputsOf, type PolicyCheck, types } from "./policy-check.ts";

const streamPrefix = (plan: Plan): string => inputsOf(plan, types.stream, "events").extendedS3Configuration.prefix;

type Judge = Parameters<typeof each>[1];

/** Of each table without lines of events by date: its folder, and its partition keys. */
const others: Readonly<Record<string, { readonly folder: string; readonly keys: number }>> = {
  failed_lines: { folder: "failed/", keys: 1 },
  error_lines: { folder: "errors/", keys: 0 },
  compacted_days: { folder: "compacted/days/", keys: 0 },
  compacted_copies: { folder: "compacted/copies/", keys: 3 },
};

/** Its partitions are made when they are there, and its columns are the engine's own. */
const isParquet = ({ name }: PlannedResource): boolean => name === "compacted_copies";

const isView = (inputs: Parameters<Judge>[0]): boolean => inputs.tableType === "VIRTUAL_VIEW";

const eachTable = (isRight: Judge): PolicyCheck["violations"] =>
  each(types.glueTable, (inputs, resource, plan) => isView(inputs) || isRight(inputs, resource, plan));

const eachView = (isRight: Judge): PolicyCheck["violations"] =>
  each(types.glueTable, (inputs, resource, plan) => !isView(inputs) || isRight(inputs, resource, plan));

/** The tables that hold delivered lines, by the root below which they lie. */
const roots: Readonly<Record<string, string>> = {
  lines: "type",
  excess_lines: "excess",
  open_lines: "type",
  open_excess_lines: "excess",
};

const bucket = "s3://floodgate-events/";

const templateOf = (table: string, plan: Plan): string | undefined => {
  const root = roots[table];
  if (table === "failed_lines") return `${bucket}failed/\${dt}/`;
  if (root === undefined) return undefined;
  return `${bucket}${streamPrefix(plan).replaceAll(/!\{partitionKeyFromLambda:(\w+)\}/g, (_, key: string) =>
    key === "root" ? root : `\${${key}}`,
  )}`;
};

const kinds: Readonly<Record<string, string>> = { type: "enum", dt: "date", shard: "enum" };

const typesOf = (table: string): ReadonlyArray<string> =>
  roots[table] === "type" ? eventTypes : roots[table] === "excess" ? ["acd.start"] : [];

/** What a view's text says of itself, as Athena reads it. */
const prestoOf = (text: string) =>
  JSON.parse(Buffer.from(text.replace("/* Presto View: ", "").replace(" */", ""), "base64").toString("utf8"));

interface Column {
  readonly name: string;
  readonly type: string;
}

const namesOf = (columns: ReadonlyArray<{ readonly name: string }>): string => columns.map(({ name }) => name).join();

const viewColumns = (plan: Plan, view: string): ReadonlyArray<Column> =>
  inputsOf(plan, types.glueTable, view).storageDescriptor.columns;

const typesOfColumns = (columns: ReadonlyArray<Column>): string => columns.map(({ type }) => type).join();

/** The columns that the machine's own query selects. */
const unloadedColumns = (plan: Plan): string => {
  const machine = inputsOf(plan, types.machine, "compact-events");
  // Without querying.parquet nobody writes any.
  if (machine === undefined) return namesOf(viewColumns(plan, "line_copies").filter(({ name }) => name !== "dt"));
  const [, selected = ""] = /UNLOAD \( SELECT (.*?) FROM line_copies/.exec(machine.definition) ?? [];
  return selected.replaceAll(/\s/g, "");
};

/** What queries see of what is kept. */
export const queryingChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a table of the catalogue whose template is not the stream's prefix finds no event",
    violations: eachTable(
      ({ parameters }, { name }: PlannedResource, plan) =>
        parameters["storage.location.template"] === templateOf(name, plan) &&
        (templateOf(name, plan) === undefined || parameters["projection.enabled"] === "true"),
    ),
  },
  {
    name: "a partition key without a projection, or a type that is not in it, is seen by no query",
    violations: eachTable(({ parameters, partitionKeys }, { name: table }) => {
      // biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
      const keys: ReadonlyArray<any> = partitionKeys;
      const projected = String(parameters["projection.type.values"]).split(",");
      return (
        keys.length === (others[table]?.keys ?? 3) &&
        typesOf(table).every((type) => projected.includes(type)) &&
        keys.every(
          ({ name, type }) =>
            type === "string" &&
            (table === "compacted_copies" || parameters[`projection.${name}.type`] === kinds[name]),
        )
      );
    }),
  },
  {
    name: "a projection of dates or shards that ends too early hides events",
    violations: eachTable(({ parameters }, { name }, plan) => {
      const { SHARDS } = inputsOf(plan, types.function, "transform-records").environment.variables;
      const shards = [...Array(Number(SHARDS)).keys(), "late"].join();
      return (
        (others[name] !== undefined && name !== "failed_lines") ||
        (parameters["projection.dt.format"] === "yyyy-MM-dd" &&
          parameters["projection.dt.range"].endsWith(",NOW+2DAYS") &&
          (name === "failed_lines" || parameters["projection.shard.values"] === shards))
      );
    }),
  },
  {
    name: "a table of the catalogue whose place does not end with a slash is read wrongly by Athena",
    violations: eachTable(({ storageDescriptor }, { name }) => {
      return storageDescriptor.location === `${bucket}${others[name]?.folder ?? ""}`;
    }),
  },
  {
    name: "a table of the catalogue that does not read lines as texts shows nothing of them",
    violations: eachTable(
      ({ storageDescriptor: { columns, inputFormat, outputFormat, serDeInfo }, tableType }, table) =>
        isParquet(table) ||
        (columns.length === 1 &&
          columns[0].name === "line" &&
          columns[0].type === "string" &&
          inputFormat.endsWith("TextInputFormat") &&
          outputFormat.endsWith("HiveIgnoreKeyTextOutputFormat") &&
          serDeInfo.serializationLibrary.endsWith("LazySimpleSerDe") &&
          serDeInfo.parameters["serialization.format"] === "1" &&
          tableType === "EXTERNAL_TABLE"),
    ),
  },
  {
    name: "Parquet whose columns are not those that compact-events writes, or in another format, answers nothing",
    violations: eachTable(
      ({ storageDescriptor: { columns, inputFormat, outputFormat, serDeInfo }, tableType }, table, plan) =>
        !isParquet(table) ||
        (`${namesOf(columns)},type` === unloadedColumns(plan) &&
          typesOfColumns(columns) ===
            typesOfColumns(viewColumns(plan, "line_copies").filter(({ name }) => name !== "dt" && name !== "type")) &&
          inputFormat.endsWith("MapredParquetInputFormat") &&
          outputFormat.endsWith("MapredParquetOutputFormat") &&
          serDeInfo.serializationLibrary.endsWith("ParquetHiveSerDe") &&
          tableType === "EXTERNAL_TABLE"),
    ),
  },
  {
    name: "a view that Athena cannot read, or whose columns are not those of its text, answers nothing",
    violations: eachView(
      ({ databaseName, parameters, viewOriginalText, viewExpandedText, storageDescriptor: { columns } }) => {
        const presto = prestoOf(viewOriginalText);
        return (
          parameters.presto_view === "true" &&
          parameters.comment === "Presto View" &&
          viewExpandedText === "/* Presto View */" &&
          presto.catalog === "awsdatacatalog" &&
          presto.schema === databaseName &&
          String(presto.originalSql).includes("SELECT") &&
          namesOf(presto.columns) === namesOf(columns) &&
          columns.every(({ type }: { readonly type: string }) =>
            ["string", "bigint", "double", "boolean", "timestamp"].includes(type),
          )
        );
      },
    ),
  },
  {
    name: "a workgroup without an enforced limit lets one query read, and bill, the whole bucket",
    violations: each(
      types.workgroup,
      ({ configuration }) =>
        // As docs/operations.md says: room for the UNLOAD of a busy day, and not for a whole bucket.
        configuration.bytesScannedCutoffPerQuery === 100 * 1024 ** 3 &&
        configuration.enforceWorkgroupConfiguration === true,
    ),
  },
  {
    name: "results of queries that are not encrypted, or lie outside their expiring prefix, are personal data left about",
    violations: each(
      types.workgroup,
      ({ configuration: { resultConfiguration } }) =>
        resultConfiguration.encryptionConfiguration.encryptionOption === "SSE_S3" &&
        resultConfiguration.outputLocation.endsWith("/athena-results/"),
    ),
  },
  {
    name: "a named query of another database, or of every copy where it counts events, counts events twice",
    violations: each(
      types.namedQuery,
      ({ database, query, workgroup }, { name }, plan) =>
        database === inputsOf(plan, types.database, "events").name &&
        !/\b(?:FROM|JOIN) (?:lines|excess_lines)\b/.test(query) &&
        (name === "copies" || !/\bevery_copy\b/.test(query)) &&
        query.includes("FROM ") &&
        !/:(?:day|conversation)\b/.test(query) &&
        workgroup === "events",
    ),
  },
];
