import { dirname } from "node:path";
import { type NamedQuery, namedQueries, viewsToAsk } from "../../infra/querying/views.ts";
import type { QueryResult } from "../../local/querying/local-engine.ts";
import { type Command, exitCode, readOptions, UsageError } from "../command.ts";
import { readStackOutputs, type StackOutputs } from "../stack/stack-outputs.ts";
import { complain, counted, number, progressLine, say, table } from "../terminal.ts";
import { askAthena, priceOf, type Scanned } from "./athena.ts";
import { bucketIn } from "./bucket-in.ts";
import { openRun } from "./open-run.ts";
import { resultCsv, resultObjects, resultTable } from "./query-result.ts";

/** As a stack has it that sets none. */
const usualServiceLevel = 20;
const asUsual = viewsToAsk({ serviceLevelSeconds: usualServiceLevel, parquet: false });

const options = {
  stack: { type: "string" },
  outputs: { type: "string" },
  out: { type: "string", default: "out" },
  example: { type: "string" },
  day: { type: "string" },
  conversation: { type: "string" },
  list: { type: "boolean", default: false },
  csv: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Given = ReturnType<typeof readOptions<typeof options>>;

const exampleNamed = (name: string): NamedQuery => {
  const known = namedQueries();
  const found = known.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new UsageError(`--example ${name}: has to be one of ${known.map((each) => each.name).join(", ")}`);
};

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const day = (text: string): string => {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return literal(text);
  throw new UsageError(`--day ${text}: has to be a date such as 2026-01-05`);
};

/** Without a day: the last that is whole for a stack, the newest that there is for a run. */
const filled = ({ name, sql }: NamedQuery, given: Given, usualDay: string): string => {
  if (sql.includes(":conversation") && given.conversation === undefined) {
    throw new UsageError(`--example ${name} needs --conversation ID`);
  }
  return sql
    .replaceAll(":day", () => (given.day === undefined ? usualDay : day(given.day)))
    .replaceAll(":conversation", () => literal(given.conversation ?? ""));
};

const sqlOf = (sql: string | undefined, given: Given, usualDay: string): string => {
  if (given.example !== undefined && sql === undefined) return filled(exampleNamed(given.example), given, usualDay);
  if (sql !== undefined && given.example === undefined) return sql;
  throw new UsageError('give one query, "SELECT ...", or --example NAME; --list names the tables and the examples');
};

const yesterday = "CAST(current_date - INTERVAL '1' DAY AS varchar)";
const newestDay = "(SELECT max(dt) FROM lines)";

const ofStack = async (sql: string, outputs: StackOutputs): Promise<QueryResult & Scanned> => {
  if (outputs.athenaDatabase === undefined || outputs.athenaWorkgroup === undefined) {
    throw new Error("the stack has no Athena database: deploy it again with this version of Floodgate");
  }
  const line = progressLine();
  line.show("Athena has begun");
  return askAthena({
    sql,
    outputs,
    onProgress: ({ bytes }) => line.show(`${number(Math.round(bytes / 1024 ** 2))} MiB read`),
  }).finally(line.clear);
};

const ofRun = async (sql: string, out: string, serviceLevelSeconds: number): Promise<QueryResult> => {
  const engine = await openRun(bucketIn(out), serviceLevelSeconds);
  try {
    return await engine.query(sql);
  } finally {
    engine.close();
  }
};

const printed = (result: QueryResult, given: Given): string => {
  if (given.json) return JSON.stringify(resultObjects(result));
  return given.csv ? resultCsv(result) : resultTable(result);
};

const listText = (): string =>
  [
    "Tables",
    table(asUsual.map(({ name, describes }) => [name, describes])),
    "",
    "Examples",
    table(namedQueries().map(({ name, describes }) => [name, describes])),
  ].join("\n");

const list = (given: Given): void => {
  const columnsOf = asUsual.map(({ name, describes, columns }) => ({ name, describes, columns }));
  say(given.json ? JSON.stringify({ tables: columnsOf, examples: namedQueries() }) : listText());
};

const ask = async (sql: string | undefined, given: Given): Promise<QueryResult & Partial<Scanned>> => {
  if (given.stack === undefined && given.outputs === undefined) {
    return ofRun(sqlOf(sql, given, newestDay), given.out, usualServiceLevel);
  }
  const outputs = await readStackOutputs(given);
  if (outputs.endpoint === undefined) return ofStack(sqlOf(sql, given, yesterday), outputs);
  // A cloud on this machine has no Athena: its objects lie beside its outputs.
  const out = given.outputs === undefined ? given.out : dirname(given.outputs);
  return ofRun(sqlOf(sql, given, newestDay), out, outputs.serviceLevelSeconds ?? usualServiceLevel);
};

export const command: Command = {
  summary: "ask the stack's tables in SQL: Athena, or DuckDB for a run on this machine",
  help: `
Usage: npx floodgate query "SELECT ..." [options]
       npx floodgate query --example NAME [--day DATE] [--conversation ID] [options]
       npx floodgate query --list

Asks the tables that the program declares: events (each once a date), every_copy, conversations, queue_entries,
queue_intervals, excess (what admission set aside), failed_events and stream_errors. With --stack on Athena, with what it
read and the price of that; else the objects of the last run on this machine, in DuckDB, by the same SQL.

  --stack NAME      a deployed stack, by \`pulumi stack output\`
  --outputs FILE    a stack by its outputs; of floodgate dev its objects on this machine
  --out DIR         the folder of a run (default: out)
  --example NAME    one of the questions that analysts ask; --list names them
  --day DATE        the UTC day that it asks for (default: yesterday; of a run the newest that it has)
  --conversation ID the conversation that one_conversation asks for
  --list            the tables and the examples
  --csv             rows as CSV, nothing cut; control characters as escapes
  --json            rows as a JSON array of objects

Examples:
  npx floodgate query --example waiting_and_service_level
  npx floodgate query "SELECT outcome, count(*) AS conversations FROM conversations GROUP BY outcome ORDER BY 1"
`,
  run: async ([first, ...rest]) => {
    const sql = first === undefined || first.startsWith("--") ? undefined : first;
    const given = readOptions(sql === undefined && first !== undefined ? [first, ...rest] : rest, options);
    if (given.list) {
      list(given);
      return exitCode.done;
    }
    const result = await ask(sql, given);
    say(printed(result, given));
    if (!given.csv && !given.json) say(`\n${counted(result.rows.length, "row")}`);
    if (result.bytes !== undefined) {
      const price = priceOf({ bytes: result.bytes });
      complain(`Athena read ${number(Math.ceil(result.bytes / 1024 ** 2))} MiB: about $${price.toFixed(5)}`);
    }
    return exitCode.done;
  },
};
