import { type DynamoDBClient, PutItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { describeError, unavailable } from "../../aws/adapters/aws-error.ts";
import type { Item } from "../../aws/adapters/dynamodb-batches.ts";
import { decodeEntries, encodeEntries, type LogItem } from "../admission-log.ts";
import type { AdmissionLog } from "../ports.ts";

const Bytes = new t.Type<Uint8Array, Uint8Array, unknown>(
  "Bytes",
  (value): value is Uint8Array => value instanceof Uint8Array,
  (value, context) => (value instanceof Uint8Array ? t.success(value) : t.failure(value, context)),
  t.identity,
);

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

/** The table `admission-log`: partition key minute, sort key n. Only PutItem and Query. */
export const dynamodbAdmissionLog = (client: DynamoDBClient, table: string): AdmissionLog => ({
  readLog: (minute, after) =>
    TE.tryCatch(async () => {
      const items: LogItem[] = [];
      let start: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "#minute = :minute AND n > :after",
            ExpressionAttributeNames: { "#minute": "minute" },
            ExpressionAttributeValues: { ":minute": { S: minute }, ":after": { N: String(after) } },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        );
        items.push(...(page.Items ?? []).map(readItem));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return items;
    }, unavailable("AdmissionLogUnavailable")),

  appendToLog: (minute, { n, expiresAt, entries }) =>
    TE.tryCatch(async () => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              minute: { S: minute },
              n: { N: String(n) },
              entries: { B: encodeEntries(entries) },
              expiresAt: { N: String(Math.floor(expiresAt / 1000)) },
            },
            ConditionExpression: "attribute_not_exists(n)",
          }),
        );
        return true;
      } catch (error) {
        if (describeError(error).name === "ConditionalCheckFailedException") return false;
        throw error;
      }
    }, unavailable("AdmissionLogUnavailable")),
});
