import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { awsClients, firehose, impatientAwsClients, settingsOf } from "../../../src/aws/adapters/aws-clients.ts";
import { queryAll } from "../../../src/aws/adapters/query-all.ts";
import { readSecret } from "../../../src/aws/adapters/secret.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

const environment = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };

describe("settingsOf", () => {
  it("takes region and credentials from the environment, tries three times and waits ten seconds for an answer", () => {
    expect(settingsOf(environment)).toStrictEqual({
      region: "eu-west-1",
      credentials: { accessKeyId: "id", secretAccessKey: "key" },
      maxAttempts: 3,
      requestHandler: { requestTimeout: 10_000, connectionTimeout: 3_000, throwOnRequestTimeout: true },
    });
  });

  it("passes a session's token and another endpoint on", () => {
    const settings = settingsOf({ ...environment, AWS_SESSION_TOKEN: "token", AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    expect([settings.credentials, settings.endpoint]).toStrictEqual([
      { accessKeyId: "id", secretAccessKey: "key", sessionToken: "token" },
      "http://127.0.0.1:1",
    ]);
  });
});

describe("the clients", () => {
  it("try as often as their function has the time for", async () => {
    const { dynamoDb, s3 } = awsClients(environment);
    const impatient = impatientAwsClients(environment);
    const clients = [dynamoDb, s3, impatient.dynamoDb, impatient.s3, firehose(environment)];
    expect(await Promise.all(clients.map(({ config }) => config.maxAttempts()))).toStrictEqual([3, 3, 2, 1, 1]);
  });

  it("wait as long as their function has the time for", async () => {
    const waits = [awsClients(environment), impatientAwsClients(environment)].flatMap(({ dynamoDb, s3 }) => [
      dynamoDb.config.requestHandler,
      s3.config.requestHandler,
    ]);
    // The handler answers its settings once it has been asked for them.
    const settings = await Promise.all(
      waits.map(async (handler) => {
        const own = handler as { configProvider?: Promise<object>; config?: object };
        return own.config ?? (await own.configProvider);
      }),
    );
    expect(settings).toMatchObject([
      ...Array(2).fill({ requestTimeout: 10_000, connectionTimeout: 3_000, throwOnRequestTimeout: true }),
      ...Array(2).fill({ requestTimeout: 2_000, connectionTimeout: 1_000, throwOnRequestTimeout: true }),
    ]);
  });
});

describe("queryAll", () => {
  const cloud = answeringCloud();
  const query = () =>
    queryAll(
      { dynamoDb: cloud.dynamoDb(), table: "things" },
      { KeyConditionExpression: "a = :a", ConsistentRead: true },
    );

  it("reads page by page, from where the one before ended", async () => {
    cloud.answer(
      ok({ Items: [{ n: { N: "1" } }], LastEvaluatedKey: { n: { N: "1" } } }),
      ok({ LastEvaluatedKey: { n: { N: "2" } } }),
      ok({ Items: [{ n: { N: "3" } }] }),
    );
    expect(await query()).toStrictEqual([{ n: { N: "1" } }, { n: { N: "3" } }]);
    expect(cloud.calls().map(({ input }) => input)).toStrictEqual(
      [undefined, { n: { N: "1" } }, { n: { N: "2" } }].map((start) => ({
        KeyConditionExpression: "a = :a",
        ConsistentRead: true,
        TableName: "things",
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      })),
    );
  });

  it("rejects when any page fails: half an answer is none", async () => {
    cloud.answer(
      ok({ Items: [{ n: { N: "1" } }], LastEvaluatedKey: { n: { N: "1" } } }),
      failure(500, "InternalServerError"),
    );
    await expect(query()).rejects.toThrow(expect.objectContaining({ name: "InternalServerError" }));
  });
});

describe("readSecret", () => {
  const cloud = answeringCloud();
  const read = () =>
    readSecret(cloud.secrets(), "arn:secret", t.strict({ salt: t.string }), 'a salt: {"salt": "..."}')();

  it("answers what the secret holds, and asks for it by its ARN", async () => {
    cloud.answer(ok({ SecretString: '{"salt":"s","more":1}' }));
    expect([await read(), cloud.calls()]).toStrictEqual([
      { salt: "s" },
      [{ operation: "GetSecretValue", input: { SecretId: "arn:secret" } }],
    ]);
  });

  it.each([['{"pepper":"hidden"}'], ["hidden"], [undefined]])(
    "says what it has to hold instead of %j, and shows nothing of it",
    async (secret) => {
      cloud.answer(ok({ SecretString: secret }));
      await expect(read()).rejects.toThrow(/^the secret arn:secret does not hold a salt: \{"salt": "\.\.\."\}$/);
    },
  );
});
