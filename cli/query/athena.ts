import {
  AthenaClient,
  GetQueryExecutionCommand,
  type GetQueryExecutionCommandOutput,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import type { QueryResult } from "../../local/querying/local-engine.ts";
import { clientSettings, type StackOutputs } from "../stack/stack-outputs.ts";

/** What a query has read so far. */
export interface Scanned {
  readonly bytes: number;
}

type Execution = NonNullable<GetQueryExecutionCommandOutput["QueryExecution"]>;

interface Asked {
  readonly sql: string;
  readonly outputs: StackOutputs;
  readonly onProgress?: (scanned: Scanned) => void;
  /** Between two looks at whether it is done, in milliseconds. */
  readonly every?: number;
}

const scannedBy = ({ Statistics }: Execution): Scanned => ({ bytes: Statistics?.DataScannedInBytes ?? 0 });

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

const untilDone = async (
  athena: AthenaClient,
  id: string,
  { onProgress, every = 1_000 }: Asked,
): Promise<Execution> => {
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = QueryExecution?.Status?.State;
    if (QueryExecution === undefined) throw new Error(`Athena knows no query ${id}`);
    if (state === "SUCCEEDED") return QueryExecution;
    if (state === "FAILED" || state === "CANCELLED") {
      throw new Error(`Athena: ${QueryExecution.Status?.StateChangeReason ?? state}`);
    }
    onProgress?.(scannedBy(QueryExecution));
    await wait(every);
  }
};

/** All pages; the first row of a SELECT has the names of its columns. */
const readResults = async (athena: AthenaClient, id: string): Promise<QueryResult> => {
  const rows: (string | null)[][] = [];
  let columns: ReadonlyArray<string> = [];
  let next: string | undefined;
  do {
    const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: next }));
    columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name }) => Name ?? "") ?? columns;
    for (const { Data } of page.ResultSet?.Rows ?? [])
      rows.push((Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null));
    next = page.NextToken;
  } while (next !== undefined);
  const hasNames = rows[0]?.every((value, index) => value === columns[index]) === true;
  return { columns, rows: hasNames ? rows.slice(1) : rows };
};

/** Asks a deployed stack; answers what it read as well, which is what Athena bills. */
export const askAthena = async (asked: Asked): Promise<QueryResult & Scanned> => {
  const { outputs, sql } = asked;
  const athena = new AthenaClient(clientSettings(outputs));
  const { QueryExecutionId: id } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: outputs.athenaWorkgroup,
      QueryExecutionContext: { Database: outputs.athenaDatabase },
    }),
  );
  if (id === undefined) throw new Error("Athena gave the query no id");
  const execution = await untilDone(athena, id, asked);
  return { ...(await readResults(athena, id)), ...scannedBy(execution) };
};

const pricePerTerabyte = 5;
const leastBytes = 10 * 1024 ** 2;

/** In US dollars: $5 for a terabyte that is read, at least 10 MB a query (list price of us-east-1, 2026). */
export const priceOf = ({ bytes }: Scanned): number => (Math.max(bytes, leastBytes) / 1024 ** 4) * pricePerTerabyte;
