import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";

/** The table admission-log on a dynalite of its own, over HTTP on 127.0.0.1. */
export const admissionLogTable = async () => {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  let tables = 0;
  return {
    client,
    /** A fresh table; answers its name. */
    create: async (): Promise<string> => {
      tables += 1;
      const TableName = `admission-log-${tables}`;
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [
            { AttributeName: "minute", AttributeType: "S" },
            { AttributeName: "n", AttributeType: "N" },
          ],
          KeySchema: [
            { AttributeName: "minute", KeyType: "HASH" },
            { AttributeName: "n", KeyType: "RANGE" },
          ],
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      return TableName;
    },
    stop: () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
};
