import { Readable } from "node:stream";
import dynalite from "dynalite";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";

/*
 * DynamoDB by dynalite, called in the process: the gateway has the request already, a second hop over HTTP would add
 * nothing. Left out, beyond what dynalite lacks (transactions, streams, deletion by TTL): throttling.
 */

const TableInputs = t.intersection([
  t.type({
    hashKey: t.string,
    attributes: t.array(t.type({ name: t.string, type: t.string })),
  }),
  t.partial({
    rangeKey: t.string,
    globalSecondaryIndexes: t.array(
      t.intersection([
        t.type({ name: t.string, hashKey: t.string, projectionType: t.string }),
        t.partial({ rangeKey: t.string, nonKeyAttributes: t.array(t.string) }),
      ]),
    ),
  }),
]);

export interface TableAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const keySchema = (hashKey: string, rangeKey: string | undefined) => [
  { AttributeName: hashKey, KeyType: "HASH" },
  ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" }]),
];

const localHeaders = {
  "content-type": "application/x-amz-json-1.0",
  authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

const Single = t.intersection([
  t.type({ TableName: t.string }),
  t.partial({ Item: t.UnknownRecord, Key: t.UnknownRecord }),
]);
const Batch = t.type({
  RequestItems: t.record(t.string, t.array(t.partial({ PutRequest: t.type({ Item: t.UnknownRecord }) }))),
});

type Written = readonly [table: string, item: Readonly<Record<string, unknown>>];

const writesOf = (operation: string, input: unknown): ReadonlyArray<Written> => {
  if (operation === "BatchWriteItem" && Batch.is(input)) {
    return Object.entries(input.RequestItems).flatMap(([table, requests]) =>
      requests.map(({ PutRequest }): Written => [table, PutRequest?.Item ?? {}]),
    );
  }
  const isWrite = ["PutItem", "UpdateItem", "DeleteItem"].includes(operation) && Single.is(input);
  return isWrite ? [[input.TableName, input.Item ?? input.Key ?? {}]] : [];
};

/** Names and values as DynamoDB counts them: texts by their UTF-8 bytes, binaries by theirs, numbers about half. */
const itemBytes = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => {
    const [[type, content] = ["", ""]] = Object.entries(t.UnknownRecord.is(value) ? value : {});
    const text = String(content);
    const bytes = type === "B" ? Buffer.byteLength(text, "base64") : Buffer.byteLength(text);
    return sum + name.length + bytes;
  }, 0);

/** A new table is there once dynalite's timer for it has fired. */
const becomeActive = async (clock: Clock): Promise<void> => {
  let isActive = false;
  clock.after(1, () => {
    isActive = true;
  });
  await clock.runUntil(() => isActive);
};

export class Tables {
  private readonly server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  static async load(plan: Plan, clock: Clock): Promise<Tables> {
    const tables = new Tables();
    for (const resource of plan.ofType("aws:dynamodb/table:Table")) {
      const inputs = inputsOf(TableInputs, resource);
      await tables.call("CreateTable", {
        TableName: resource.name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
        KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
        ...(inputs.globalSecondaryIndexes === undefined
          ? {}
          : {
              GlobalSecondaryIndexes: inputs.globalSecondaryIndexes.map((index) => ({
                IndexName: index.name,
                KeySchema: keySchema(index.hashKey, index.rangeKey),
                Projection: {
                  ProjectionType: index.projectionType,
                  ...(index.nonKeyAttributes === undefined ? {} : { NonKeyAttributes: index.nonKeyAttributes }),
                },
              })),
            }),
      });
    }
    await becomeActive(clock);
    return tables;
  }

  /** Write units by table, one per started KB of an item; a condition that fails costs the same. */
  readonly writes = new Map<string, number>();

  private countWrites(target: string, body: string): void {
    for (const [table, item] of writesOf(target.split(".")[1] ?? "", JSON.parse(body))) {
      const units = Math.ceil(itemBytes(item) / 1024);
      this.writes.set(table, (this.writes.get(table) ?? 0) + Math.max(1, units));
    }
  }

  /** Answers a DynamoDB request as it came over HTTP. */
  handle(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): Promise<TableAnswer> {
    this.countWrites(String(headers["x-amz-target"] ?? ""), body);
    return new Promise((resolve) => {
      const answered: Record<string, string> = {};
      const request = Object.assign(Readable.from([Buffer.from(body)]), { method: "POST", url: "/", headers });
      const response = {
        statusCode: 200,
        setHeader: (name: string, value: unknown) => {
          answered[name] = String(value);
        },
        end: (text: string) => resolve({ status: response.statusCode, headers: answered, body: text }),
      };
      this.server.emit("request", request, response);
    });
  }

  /** An operation of the local cloud's own, such as a state machine's direct integration. */
  answer(operation: string, input: unknown): Promise<TableAnswer> {
    const headers = { ...localHeaders, "x-amz-target": `DynamoDB_20120810.${operation}` };
    return this.handle(headers, JSON.stringify(input));
  }

  async call(operation: string, input: unknown): Promise<unknown> {
    const answer = await this.answer(operation, input);
    if (answer.status !== 200) throw new Error(`${operation} failed: ${answer.body}`);
    return JSON.parse(answer.body);
  }

  /** All items of a table, page by page. */
  async scan(table: string): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> {
    const items: Readonly<Record<string, unknown>>[] = [];
    let start: unknown;
    do {
      const page = await this.call("Scan", {
        TableName: table,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      if (!t.UnknownRecord.is(page) || !t.array(t.UnknownRecord).is(page["Items"])) throw new Error("no such table");
      items.push(...page["Items"]);
      start = page["LastEvaluatedKey"];
    } while (start !== undefined);
    return items;
  }
}
