import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DynamoDBClient,
  type ScalarAttributeType,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

/** Tables with these keys on a dynalite of their own, over HTTP on 127.0.0.1. */
export const localTables = async (keys: Readonly<Record<string, ScalarAttributeType>>) => {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const attributes = Object.entries(keys).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
  let tables = 0;
  return {
    client,
    /** A fresh table; answers its name. */
    create: async (): Promise<string> => {
      tables += 1;
      const TableName = `table-${tables}`;
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: attributes,
          KeySchema: attributes.map(({ AttributeName }, index) => ({
            AttributeName,
            KeyType: index === 0 ? "HASH" : "RANGE",
          })),
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.005 }, { TableName });
      return TableName;
    },
    stop: () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
};
