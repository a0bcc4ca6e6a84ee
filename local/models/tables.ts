import { Readable } from "node:stream";
import dynalite from "dynalite";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan, type PlannedResource } from "../plan.ts";
import type { ServiceAnswer } from "../service.ts";

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

type TableAnswer = ServiceAnswer & { readonly body: string };

const keySchema = (hashKey: string, rangeKey: string | undefined) => [
  { AttributeName: hashKey, KeyType: "HASH" },
  ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" }]),
];

/** The request that creates a planned table, with its indexes. */
export const createTableOf = (resource: PlannedResource) => {
  const inputs = inputsOf(TableInputs, resource);
  return {
    TableName: resource.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
    GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index.hashKey, index.rangeKey),
      Projection: { ProjectionType: index.projectionType, NonKeyAttributes: index.nonKeyAttributes },
    })),
  };
};

const localHeaders = {
  "content-type": "application/x-amz-json-1.0",
  authorization: "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none",
  "x-amz-date": "20260101T000000Z",
};

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
      await tables.call("CreateTable", createTableOf(resource));
    }
    await becomeActive(clock);
    return tables;
  }

  /** Answers a DynamoDB request as it came over HTTP. */
  handle(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): Promise<TableAnswer> {
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

  /** An operation of the local cloud's own, such as a state machine's direct integration; JSON drops what is undefined. */
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
      const page = await this.call("Scan", { TableName: table, ExclusiveStartKey: start });
      if (!t.UnknownRecord.is(page) || !t.array(t.UnknownRecord).is(page["Items"])) throw new Error("no such table");
      items.push(...page["Items"]);
      start = page["LastEvaluatedKey"];
    } while (start !== undefined);
    return items;
  }
}
