import * as t from "io-ts";
import type { ServiceRequest } from "../../local/service.ts";

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

/** Counts write units by table, one per started KB of an item; a condition that fails costs the same. */
export const writeUnits = () => {
  const units = new Map<string, number>();
  return {
    units,
    onRequest: ({ operation, body }: ServiceRequest): void => {
      const [service, name = ""] = operation.split(".");
      if (service !== "dynamodb") return;
      for (const [table, item] of writesOf(name, JSON.parse(body.toString("utf8")))) {
        units.set(table, (units.get(table) ?? 0) + Math.max(1, Math.ceil(itemBytes(item) / 1024)));
      }
    },
  };
};
