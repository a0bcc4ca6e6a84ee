import { paginateQuery, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Item, Table } from "./dynamodb-batches.ts";

/** All items that a query finds, page by page. */
export const queryAll = async (
  { dynamoDb, table }: Table,
  query: Omit<QueryCommandInput, "TableName">,
): Promise<ReadonlyArray<Item>> => {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateQuery({ client: dynamoDb }, { ...query, TableName: table })) {
    items.push(...Items);
  }
  return items;
};
