import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { putIfNew } from "../../aws/adapters/conditional-write.ts";
import type { Item, Table } from "../../aws/adapters/dynamodb-batches.ts";
import { queryAll } from "../../aws/adapters/query-all.ts";
import { guarded } from "../../text/guarded.ts";
import { decodeEntries, encodeEntries, type LogItem } from "../admission-log.ts";
import type { AdmissionLog } from "../ports.ts";

const Bytes = guarded("Bytes", (value): value is Uint8Array => value instanceof Uint8Array);

const LogItemC = t.type(
  { n: t.type({ N: t.string }), expiresAt: t.type({ N: t.string }), entries: t.type({ B: Bytes }) },
  "LogItem",
);

const readItem = (item: Item): LogItem => {
  const decoded = LogItemC.decode(item);
  const entries = E.isRight(decoded) ? decodeEntries(Buffer.from(decoded.right.entries.B)) : undefined;
  // An item that cannot be read must not be passed over: what it says would be decided a second time.
  if (E.isLeft(decoded) || entries === undefined) throw new Error("an item of the admission log is not readable");
  return { n: Number(decoded.right.n.N), expiresAt: Number(decoded.right.expiresAt.N) * 1000, entries };
};

const readLog = async (table: Table, minute: string, after: number): Promise<ReadonlyArray<LogItem>> => {
  const items = await queryAll(table, {
    KeyConditionExpression: "#minute = :minute AND n > :after",
    ExpressionAttributeNames: { "#minute": "minute" },
    ExpressionAttributeValues: { ":minute": { S: minute }, ":after": { N: String(after) } },
    ConsistentRead: true,
  });
  return items.map(readItem);
};

const toItem = (minute: string, { n, expiresAt, entries }: LogItem): Item => ({
  minute: { S: minute },
  n: { N: String(n) },
  entries: { B: encodeEntries(entries) },
  expiresAt: { N: String(Math.floor(expiresAt / 1000)) },
});

/** The table `admission-log`: partition key minute, sort key n. Only PutItem and Query. */
export const dynamodbAdmissionLog = (table: Table): AdmissionLog => ({
  readLog: (minute, after) => TE.tryCatch(() => readLog(table, minute, after), unavailable("AdmissionLogUnavailable")),
  appendToLog: (minute, item) =>
    TE.tryCatch(() => putIfNew(table, toItem(minute, item), "n"), unavailable("AdmissionLogUnavailable")),
});
