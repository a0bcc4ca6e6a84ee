import { randomBytes } from "node:crypto";
import {
  type AttributeValue,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  paginateScan,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll } from "vitest";

/** The cloud that the contract suites are run against, as test/support/setup/contract-cloud.ts answers it. */
export interface CloudUnderContract {
  readonly region: string;
  /** Absent: AWS itself. */
  readonly endpoint?: string;
  /** Absent: tables are at `endpoint` as well. */
  readonly tablesEndpoint?: string;
  /** Of the local cloud, whose buckets need not be created. */
  readonly localKey?: string;
  /** What creates each table of the program, by its name there. */
  readonly tables: Readonly<Record<string, CreateTableCommandInput>>;
}

type Item = Record<string, AttributeValue>;

/** Everything that a run makes has this in its name. */
const prefix = `floodgate-contract-${randomBytes(4).toString("hex")}`;

const clientsOf = ({ region, endpoint, tablesEndpoint, localKey }: CloudUnderContract) => {
  const at = (url: string | undefined) => ({
    region,
    ...(url === undefined ? {} : { endpoint: url }),
    ...(localKey === undefined ? {} : { credentials: { accessKeyId: `test.${localKey}`, secretAccessKey: "test" } }),
  });
  return {
    dynamoDb: new DynamoDBClient(at(tablesEndpoint ?? endpoint)),
    s3: new S3Client({ ...at(endpoint), forcePathStyle: endpoint !== undefined }),
  };
};

type Clients = ReturnType<typeof clientsOf>;

const createTable = async ({ dynamoDb }: Clients, input: CreateTableCommandInput, name: string): Promise<string> => {
  await dynamoDb.send(new CreateTableCommand({ ...input, TableName: name }));
  await waitUntilTableExists({ client: dynamoDb, maxWaitTime: 120, minDelay: 0.02 }, { TableName: name });
  return name;
};

const emptyTable = async ({ dynamoDb }: Clients, name: string, keys: ReadonlyArray<string>): Promise<void> => {
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName: name, ConsistentRead: true })) {
    for (const item of Items) {
      const key = Object.fromEntries(Object.entries(item).filter(([attribute]) => keys.includes(attribute)));
      await dynamoDb.send(new DeleteItemCommand({ TableName: name, Key: key }));
    }
  }
};

const emptyBucket = async ({ s3 }: Clients, name: string): Promise<void> => {
  for (;;) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name }));
    for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket: name, Key }));
    if (Contents.length === 0) return;
  }
};

/**
 * Tables and buckets for the contract suites of a file: made when first asked for, empty whenever asked for,
 * and removed in the end.
 */
export const contractCloud = () => {
  let cloud: CloudUnderContract | undefined;
  let clients: Clients | undefined;
  const tables = new Map<string, string>();
  const buckets: string[] = [];
  const started = (): { readonly cloud: CloudUnderContract; readonly clients: Clients } => {
    if (cloud === undefined || clients === undefined) throw new Error("ask for it within a test");
    return { cloud, clients };
  };

  beforeAll(async () => {
    const answer = await fetch(process.env["CONTRACT_CLOUD"] ?? "");
    if (!answer.ok) throw new Error(await answer.text());
    cloud = (await answer.json()) as CloudUnderContract;
    clients = clientsOf(cloud);
  });

  afterAll(async () => {
    const { clients: used } = started();
    for (const name of tables.values()) await used.dynamoDb.send(new DeleteTableCommand({ TableName: name }));
    for (const name of buckets) {
      await emptyBucket(used, name);
      await used.s3.send(new DeleteBucketCommand({ Bucket: name }));
    }
    for (const client of Object.values(used)) client.destroy();
  });

  return {
    clients: (): Clients => started().clients,
    /** A table as the program declares it, without items. */
    table: async (name: string): Promise<string> => {
      const at = started();
      const input = at.cloud.tables[name];
      if (input === undefined) throw new Error(`the program has no table ${name}`);
      const known = tables.get(name);
      if (known !== undefined) {
        await emptyTable(
          at.clients,
          known,
          (input.KeySchema ?? []).map(({ AttributeName = "" }) => AttributeName),
        );
        return known;
      }
      const made = await createTable(at.clients, input, `${prefix}-${name}-${process.pid}`);
      tables.set(name, made);
      return made;
    },
    /** A bucket of its own for each who asks. */
    bucket: async (): Promise<string> => {
      const at = started();
      const name = `${prefix}-${process.pid}-${buckets.length}`;
      if (at.cloud.localKey === undefined) {
        await at.clients.s3.send(
          new CreateBucketCommand({
            Bucket: name,
            ...(at.cloud.region === "us-east-1"
              ? {}
              : { CreateBucketConfiguration: { LocationConstraint: at.cloud.region as "eu-central-1" } }),
          }),
        );
        buckets.push(name);
      }
      return name;
    },
  };
};

export const itemsOf = async ({ dynamoDb }: Pick<Clients, "dynamoDb">, name: string): Promise<ReadonlyArray<Item>> => {
  const items: Item[] = [];
  for await (const page of paginateScan({ client: dynamoDb }, { TableName: name, ConsistentRead: true }))
    items.push(...(page.Items ?? []));
  return items;
};
