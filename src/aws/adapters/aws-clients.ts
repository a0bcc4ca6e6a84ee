import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { S3Client } from "@aws-sdk/client-s3";

/** What a client needs to know of the place it runs in. */
export interface AwsEnvironment {
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN?: string;
  readonly AWS_ENDPOINT_URL?: string;
}

/** One container keeps one set of clients, so that connections stay open between invocations. */
export const settingsOf = (environment: AwsEnvironment) => ({
  region: environment.AWS_REGION,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    ...(environment.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: environment.AWS_SESSION_TOKEN }),
  },
  ...(environment.AWS_ENDPOINT_URL === undefined ? {} : { endpoint: environment.AWS_ENDPOINT_URL }),
  maxAttempts: 3,
  // Without throwOnRequestTimeout the SDK only warns and waits on.
  requestHandler: { requestTimeout: 10_000, connectionTimeout: 3_000, throwOnRequestTimeout: true },
});

export const dynamoDb = (environment: AwsEnvironment): DynamoDBClient => new DynamoDBClient(settingsOf(environment));

/** For a function that has to answer soon, also that a service does not answer. */
const impatient = (environment: AwsEnvironment, maxAttempts: number) => ({
  ...settingsOf(environment),
  maxAttempts,
  requestHandler: { requestTimeout: 2_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
});

/** One try: the step `deliver` offers again what was not taken, and watches the time. */
export const firehose = (environment: AwsEnvironment): FirehoseClient =>
  new FirehoseClient({ ...settingsOf(environment), maxAttempts: 1 });

/** The clients of tables and objects. */
export const awsClients = (environment: AwsEnvironment) => ({
  dynamoDb: dynamoDb(environment),
  s3: new S3Client(settingsOf(environment)),
});

export const impatientAwsClients = (environment: AwsEnvironment) => ({
  dynamoDb: new DynamoDBClient(impatient(environment, 2)),
  s3: new S3Client(impatient(environment, 1)),
});
