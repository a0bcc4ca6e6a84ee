import * as t from "io-ts";
import { awsError, jsonAnswer, type Operation, type ServiceRequest } from "./gateway.ts";
import type { Objects } from "./objects.ts";
import type { DeliveryStream } from "./stream.ts";
import type { Tables } from "./tables.ts";

/*
 * The operations that handlers and commands call, on top of the models. DynamoDB's are dynalite's; those of Firehose
 * and S3 follow the API references (PutRecordBatch: 500 records, 4 MiB, 1,000 KiB a record; keys are URL-encoded).
 */

const tableOperations = ["BatchGetItem", "BatchWriteItem", "PutItem"];

const maximumRecords = 500;
const maximumBatchBytes = 4 * 1024 * 1024;
const maximumRecordBytes = 1000 * 1024;

const PutRecordBatch = t.type({
  DeliveryStreamName: t.string,
  Records: t.array(t.type({ Data: t.string })),
});

const bytesOf = ({ Data }: { readonly Data: string }): number => Buffer.byteLength(Data, "base64");

const putRecordBatch =
  (streams: ReadonlyMap<string, DeliveryStream>): Operation =>
  ({ body }) => {
    const input: unknown = JSON.parse(body.toString("utf8"));
    if (!PutRecordBatch.is(input)) return awsError(400, "SerializationException", "not a PutRecordBatch");
    const stream = streams.get(input.DeliveryStreamName);
    if (stream === undefined) return awsError(400, "ResourceNotFoundException", "no such delivery stream");
    const sizes = input.Records.map(bytesOf);
    const tooMuch = sizes.reduce((sum, size) => sum + size, 0) > maximumBatchBytes;
    if (input.Records.length > maximumRecords || tooMuch || sizes.some((size) => size > maximumRecordBytes)) {
      return awsError(400, "InvalidArgumentException", "more than PutRecordBatch takes");
    }
    const responses = input.Records.map(({ Data }) => ({ RecordId: stream.put(Data) }));
    return jsonAnswer(200, { FailedPutCount: 0, RequestResponses: responses });
  };

const objectOf = ({ path }: ServiceRequest): { readonly bucket: string; readonly key: string } => {
  const [, bucket = "", ...rest] = (path.split("?")[0] ?? "").split("/");
  return { bucket, key: decodeURIComponent(rest.join("/")) };
};

/** SDK clients send bodies in signed chunks only to HTTPS endpoints that ask for it; here they arrive as they are. */
const putObject =
  (objects: Objects): Operation =>
  (request) => {
    const { bucket, key } = objectOf(request);
    objects.put(bucket, key, request.body);
    return { status: 200, headers: { etag: '"local"' }, body: "" };
  };

const tableOperation =
  (tables: Tables): Operation =>
  ({ headers, body }) =>
    tables.handle(headers, body.toString("utf8"));

export interface Models {
  readonly tables: Tables;
  readonly objects: Objects;
  readonly streams: ReadonlyMap<string, DeliveryStream>;
}

export const operationsOf = ({ tables, objects, streams }: Models): ReadonlyMap<string, Operation> =>
  new Map([
    ...tableOperations.map((name) => [`dynamodb.${name}`, tableOperation(tables)] as const),
    ["firehose.PutRecordBatch", putRecordBatch(streams)],
    ["s3.PutObject", putObject(objects)],
  ]);
