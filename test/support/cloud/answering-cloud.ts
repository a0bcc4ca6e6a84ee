import { createServer, type ServerResponse } from "node:http";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** One request, as it came over HTTP. */
export interface Call {
  /** `PutItem`; of S3 the method and the path. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a call is answered with; `broken`: the connection ends without an answer. */
export type Answer = { readonly status: number; readonly body: unknown } | "broken";

export const ok = (body: unknown = {}): Answer => ({ status: 200, body });

export const failure = (status: number, name: string, message = "a failure of the test"): Answer => ({
  status,
  body: { __type: name, message },
});

const respond = (answer: Answer, response: ServerResponse): void => {
  if (answer === "broken") {
    response.destroy();
    return;
  }
  const { status, body } = answer;
  const isPlain = typeof body === "string" || Buffer.isBuffer(body);
  response.writeHead(status, { "content-type": isPlain ? "application/xml" : "application/x-amz-json-1.1" });
  response.end(isPlain ? body : JSON.stringify(body));
};

/** Answers as an error of S3 does. */
export const objectFailure = (status: number, code: string): Answer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>a failure of the test</Message></Error>`,
});

/** A cloud on this machine that answers as the test says, in order, the last answer for good; it keeps what it was asked. */
export const answeringCloud = () => {
  let answers: ((call: Call) => Answer)[] = [];
  let calls: Call[] = [];
  let endpoint = "";
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const target = request.headers["x-amz-target"];
      const call: Call =
        typeof target === "string"
          ? { operation: target.split(".").at(-1) ?? "", input: JSON.parse(body) }
          : { operation: `${request.method} ${request.url}`, input: { body } };
      calls.push(call);
      const next = answers.length > 1 ? answers.shift() : answers[0];
      respond(
        next === undefined ? failure(501, "NotExpected", "no answer was given for this call") : next(call),
        response,
      );
    });
  });
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", () => {
          const address = server.address();
          endpoint = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
          resolve();
        });
      }),
  );
  beforeEach(() => {
    answers = [];
    calls = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const settings = () => ({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  return {
    endpoint: () => endpoint,
    answer: (...given: ReadonlyArray<Answer | ((call: Call) => Answer)>) => {
      answers = given.map((each) => (typeof each === "function" ? each : () => each));
    },
    calls: (): ReadonlyArray<Call> => calls,
    /** What an adapter reads of its environment to reach this cloud. */
    environment: () => ({
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: endpoint,
    }),
    dynamoDb: () => new DynamoDBClient(settings()),
    s3: () => new S3Client({ ...settings(), forcePathStyle: true }),
    firehose: () => new FirehoseClient(settings()),
    secrets: () => new SecretsManagerClient(settings()),
  };
};
