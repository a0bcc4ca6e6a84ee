import { hash } from "node:crypto";
import * as t from "io-ts";
import { controlOperations, type Models } from "./control-services.ts";
import type { Execution, Machines } from "./models/machines.ts";
import type { Objects } from "./models/objects.ts";
import { slowDown } from "./models/quotas/stream-quota.ts";
import {
  awsError,
  jsonAnswer,
  type Operation,
  type Operations,
  operation,
  type ServiceRequest,
  s3Error,
} from "./service.ts";
import { nameOf } from "./text.ts";

/*
 * The operations that handlers and commands call, on top of the models. DynamoDB's are dynalite's; the others follow
 * the API references (PutRecordBatch: 500 records, 4 MiB, 1,000 KiB a record; S3 keys are URL-encoded;
 * StartSyncExecution answers 200 also when the execution failed).
 */

const tableOperations = "BatchGetItem BatchWriteItem PutItem GetItem UpdateItem DeleteItem Query DescribeTable".split(
  " ",
);

const maximumRecords = 500;
const maximumBatchBytes = 4 * 1024 * 1024;
const maximumRecordBytes = 1000 * 1024;

const PutRecordBatch = t.type(
  { DeliveryStreamName: t.string, Records: t.array(t.type({ Data: t.string })) },
  "PutRecordBatch",
);
const Start = t.intersection([t.type({ stateMachineArn: t.string }), t.partial({ input: t.string })], "StartExecution");
const DeleteBatch = t.type(
  { QueueUrl: t.string, Entries: t.array(t.type({ Id: t.string, ReceiptHandle: t.string })) },
  "DeleteMessageBatch",
);
const SendMessage = t.type({ QueueUrl: t.string, MessageBody: t.string }, "SendMessage");
const GetSecretValue = t.type({ SecretId: t.string }, "GetSecretValue");

const putRecordBatch = (streams: Models["streams"]): Operation =>
  operation(PutRecordBatch, "SerializationException", ({ DeliveryStreamName, Records }) => {
    const stream = streams.get(DeliveryStreamName);
    if (stream === undefined) return awsError(400, "ResourceNotFoundException", "no such delivery stream");
    const sizes = Records.map(({ Data }) => Buffer.byteLength(Data, "base64"));
    const tooMuch = sizes.reduce((sum, size) => sum + size, 0) > maximumBatchBytes;
    if (Records.length > maximumRecords || tooMuch || sizes.some((size) => size > maximumRecordBytes)) {
      return awsError(400, "InvalidArgumentException", "more than PutRecordBatch takes");
    }
    const responses = stream.offerAll(Records.map(({ Data }) => Data));
    if (responses === undefined) return awsError(503, slowDown.ErrorCode, slowDown.ErrorMessage);
    const failed = responses.filter((response) => "ErrorCode" in response).length;
    return jsonAnswer(200, { FailedPutCount: failed, RequestResponses: responses });
  });

const objectOf = ({ path }: ServiceRequest): readonly [bucket: string, key: string] => {
  const [, bucket = "", ...rest] = (path.split("?")[0] ?? "").split("/");
  return [bucket, decodeURIComponent(rest.join("/"))];
};

const stored = { headers: { etag: '"local"' } };

const objectOperations = (objects: Objects): Operations =>
  Object.entries<Operation>({
    "s3.PutObject": (request) => {
      objects.put(...objectOf(request), request.body);
      return { status: 200, ...stored, body: "" };
    },
    "s3.GetObject": (request) => {
      const body = objects.get(...objectOf(request));
      return body === undefined
        ? s3Error(404, "NoSuchKey", "The specified key does not exist.")
        : { status: 200, ...stored, body };
    },
    "s3.DeleteObject": (request) => {
      objects.delete(...objectOf(request));
      return { status: 204, body: "" };
    },
  });

const deleteMessages = (buffers: Models["buffers"]): Operation =>
  operation(DeleteBatch, "InvalidParameterValue", ({ QueueUrl, Entries }) => {
    const buffer = buffers.get(nameOf(QueueUrl));
    if (buffer === undefined) return awsError(400, "QueueDoesNotExist", "no such queue");
    buffer.delete(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
    return jsonAnswer(200, { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] });
  });

const sendMessage = (buffers: Models["buffers"]): Operation =>
  operation(SendMessage, "InvalidParameterValue", ({ QueueUrl, MessageBody }) => {
    const buffer = buffers.get(nameOf(QueueUrl));
    if (buffer === undefined) return awsError(400, "QueueDoesNotExist", "no such queue");
    const MessageId = buffer.send(MessageBody);
    return MessageId === undefined
      ? awsError(400, "InvalidParameterValue", "the message is too long")
      : jsonAnswer(200, { MessageId, MD5OfMessageBody: hash("md5", MessageBody, "hex") });
  });

const syncAnswer = ({ arn, startedAt, endedAt, status, output, error, cause }: Execution) => ({
  executionArn: arn,
  startDate: startedAt / 1000,
  stopDate: (endedAt ?? startedAt) / 1000,
  status,
  output: output === undefined ? undefined : JSON.stringify(output),
  error,
  cause,
});

type Started = ReturnType<Machines["start"]>;

const start = (machines: Machines, answer: (started: Started) => Promise<object> | object): Operation =>
  operation(Start, "InvalidArn", async ({ stateMachineArn, input = "{}" }) => {
    const machine = nameOf(stateMachineArn);
    if (!machines.has(machine)) return awsError(400, "StateMachineDoesNotExist", "State Machine Does Not Exist");
    return jsonAnswer(200, await answer(machines.start(machine, JSON.parse(input))));
  });

const getSecretValue = (secret: string): Operation =>
  operation(GetSecretValue, "ValidationException", ({ SecretId }) =>
    jsonAnswer(200, { ARN: SecretId, Name: nameOf(SecretId), SecretString: secret }),
  );

export const operationsOf = (models: Models): Operations => [
  ...tableOperations.map((name): Operations[number] => [
    `dynamodb.${name}`,
    ({ headers, body }) => models.tables.handle(headers, body.toString("utf8")),
  ]),
  ["firehose.PutRecordBatch", putRecordBatch(models.streams)],
  ...objectOperations(models.objects),
  ["sqs.DeleteMessageBatch", deleteMessages(models.buffers)],
  ["sqs.SendMessage", sendMessage(models.buffers)],
  [
    "states.StartExecution",
    start(models.machines, ({ execution: { arn, startedAt } }) => ({ executionArn: arn, startDate: startedAt / 1000 })),
  ],
  ["states.StartSyncExecution", start(models.machines, async ({ ended }) => syncAnswer(await ended))],
  ["secretsmanager.GetSecretValue", getSecretValue(models.secret)],
  ["genesys.Request", models.genesys.handle],
  ...controlOperations(models),
];
