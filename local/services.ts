import * as t from "io-ts";
import { type ControlModels, controlOperations } from "./control-services.ts";
import { awsError, jsonAnswer, type Operation, type ServiceAnswer, type ServiceRequest } from "./gateway.ts";
import type { LocalGenesys } from "./genesys/local-genesys.ts";
import type { MessageBuffer } from "./models/buffer.ts";
import type { Execution, Machines } from "./models/machines.ts";
import type { Objects } from "./models/objects.ts";
import type { DeliveryStream } from "./models/stream.ts";
import type { Tables } from "./models/tables.ts";

/*
 * The operations that handlers and commands call, on top of the models. DynamoDB's are dynalite's; the others follow
 * the API references (PutRecordBatch: 500 records, 4 MiB, 1,000 KiB a record; S3 keys are URL-encoded;
 * StartSyncExecution answers 200 also when the execution failed).
 */

const tableOperations = [
  "BatchGetItem",
  "BatchWriteItem",
  "PutItem",
  "GetItem",
  "UpdateItem",
  "DeleteItem",
  "Query",
  "DescribeTable",
];

const maximumRecords = 500;
const maximumBatchBytes = 4 * 1024 * 1024;
const maximumRecordBytes = 1000 * 1024;

const PutRecordBatch = t.type({
  DeliveryStreamName: t.string,
  Records: t.array(t.type({ Data: t.string })),
});
const Start = t.intersection([t.type({ stateMachineArn: t.string }), t.partial({ input: t.string })]);
const DeleteBatch = t.type({
  QueueUrl: t.string,
  Entries: t.array(t.type({ Id: t.string, ReceiptHandle: t.string })),
});

const inputOf = ({ body }: ServiceRequest): unknown => JSON.parse(body.toString("utf8"));

const lastPart = (name: string, separator: string): string => name.slice(name.lastIndexOf(separator) + 1);

const bytesOf = ({ Data }: { readonly Data: string }): number => Buffer.byteLength(Data, "base64");

const putRecordBatch =
  (streams: ReadonlyMap<string, DeliveryStream>): Operation =>
  (request) => {
    const input = inputOf(request);
    if (!PutRecordBatch.is(input)) return awsError(400, "SerializationException", "not a PutRecordBatch");
    const stream = streams.get(input.DeliveryStreamName);
    if (stream === undefined) return awsError(400, "ResourceNotFoundException", "no such delivery stream");
    const sizes = input.Records.map(bytesOf);
    const tooMuch = sizes.reduce((sum, size) => sum + size, 0) > maximumBatchBytes;
    if (input.Records.length > maximumRecords || tooMuch || sizes.some((size) => size > maximumRecordBytes)) {
      return awsError(400, "InvalidArgumentException", "more than PutRecordBatch takes");
    }
    const responses = input.Records.map(({ Data }) => stream.offer(Data));
    const failed = responses.filter((response) => "ErrorCode" in response).length;
    return jsonAnswer(200, { FailedPutCount: failed, RequestResponses: responses });
  };

const objectOf = ({ path }: ServiceRequest): { readonly bucket: string; readonly key: string } => {
  const [, bucket = "", ...rest] = (path.split("?")[0] ?? "").split("/");
  return { bucket, key: decodeURIComponent(rest.join("/")) };
};

const noSuchKey: ServiceAnswer = {
  status: 404,
  headers: { "content-type": "application/xml" },
  body: "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>",
};

const putObject =
  (objects: Objects): Operation =>
  (request) => {
    const { bucket, key } = objectOf(request);
    objects.put(bucket, key, request.body);
    return { status: 200, headers: { etag: '"local"' }, body: "" };
  };

const getObject =
  (objects: Objects): Operation =>
  (request) => {
    const { bucket, key } = objectOf(request);
    const body = objects.get(bucket, key);
    return body === undefined ? noSuchKey : { status: 200, headers: { etag: '"local"' }, body };
  };

const deleteObject =
  (objects: Objects): Operation =>
  (request) => {
    const { bucket, key } = objectOf(request);
    objects.delete(bucket, key);
    return { status: 204, body: "" };
  };

const deleteMessages =
  (queues: () => ReadonlyMap<string, MessageBuffer>): Operation =>
  (request) => {
    const input = inputOf(request);
    if (!DeleteBatch.is(input)) return awsError(400, "InvalidParameterValue", "not a DeleteMessageBatch");
    const queue = queues().get(lastPart(input.QueueUrl, "/"));
    if (queue === undefined) return awsError(400, "QueueDoesNotExist", "no such queue");
    queue.delete(input.Entries.map(({ ReceiptHandle }) => ReceiptHandle));
    return jsonAnswer(200, { Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] });
  };

const tableOperation =
  (tables: Tables): Operation =>
  ({ headers, body }) =>
    tables.handle(headers, body.toString("utf8"));

const begin = (machines: Machines, request: ServiceRequest) => {
  const input = inputOf(request);
  if (!Start.is(input)) return undefined;
  const machine = lastPart(input.stateMachineArn, ":");
  return machines.has(machine) ? machines.start(machine, JSON.parse(input.input ?? "{}")) : undefined;
};

const noSuchMachine = awsError(400, "StateMachineDoesNotExist", "State Machine Does Not Exist");

const startExecution =
  (machines: () => Machines): Operation =>
  (request) => {
    const started = begin(machines(), request);
    if (started === undefined) return noSuchMachine;
    const { arn, startedAt } = started.execution;
    return jsonAnswer(200, { executionArn: arn, startDate: startedAt / 1000 });
  };

const syncAnswer = ({ arn, startedAt, endedAt, status, output, error, cause }: Execution) => ({
  executionArn: arn,
  startDate: startedAt / 1000,
  stopDate: (endedAt ?? startedAt) / 1000,
  status,
  ...(output === undefined ? {} : { output: JSON.stringify(output) }),
  ...(error === undefined ? {} : { error, cause }),
});

const startSyncExecution =
  (machines: () => Machines): Operation =>
  async (request) => {
    const started = begin(machines(), request);
    return started === undefined ? noSuchMachine : jsonAnswer(200, syncAnswer(await started.ended));
  };

const getSecretValue =
  (secret: string): Operation =>
  (request) => {
    const input = inputOf(request);
    const arn = t.type({ SecretId: t.string }).is(input) ? input.SecretId : "";
    return jsonAnswer(200, { ARN: arn, Name: lastPart(arn, ":"), SecretString: secret });
  };

export interface Models extends ControlModels {
  readonly tables: Tables;
  readonly streams: ReadonlyMap<string, DeliveryStream>;
  readonly genesys: LocalGenesys;
  /** The JSON text that every secret of the stack holds. */
  readonly secret: string;
}

export const operationsOf = (models: Models): ReadonlyMap<string, Operation> =>
  new Map([
    ...tableOperations.map((name) => [`dynamodb.${name}`, tableOperation(models.tables)] as const),
    ["firehose.PutRecordBatch", putRecordBatch(models.streams)],
    ["s3.PutObject", putObject(models.objects)],
    ["s3.GetObject", getObject(models.objects)],
    ["s3.DeleteObject", deleteObject(models.objects)],
    ["sqs.DeleteMessageBatch", deleteMessages(models.queues)],
    ["states.StartExecution", startExecution(models.machines)],
    ["states.StartSyncExecution", startSyncExecution(models.machines)],
    ["secretsmanager.GetSecretValue", getSecretValue(models.secret)],
    ["genesys.Request", models.genesys.handle],
    ...controlOperations(models),
  ]);
