import { gunzipSync } from "node:zlib";
import { PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import * as t from "io-ts";
import { errorPrefix } from "../src/adapters/s3-error-objects.ts";
import { chunksWithin } from "../src/domain/chunks-within.ts";
import { streamLimits } from "../src/ports/delivery-stream.ts";
import { type ExitCode, exitCode, readOptions } from "./command.ts";
import { openStack, type Stack } from "./stack.ts";
import { stackOptions } from "./stack-outputs.ts";
import { number, progressLine, say } from "./terminal.ts";

/** A line that Firehose writes below its error prefix; `rawData` is the record in base64. */
const ErrorLine = t.type({ rawData: t.string });

const listErrors = async ({ s3, outputs }: Stack): Promise<ReadonlyArray<string>> => {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: outputs.bucketName, Prefix: errorPrefix, ContinuationToken: token }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
};

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const readRecords = async ({ s3, outputs }: Stack, key: string): Promise<ReadonlyArray<Buffer>> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.bucketName, Key: key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const text = (isGzip(bytes) ? gunzipSync(bytes) : Buffer.from(bytes)).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): unknown => JSON.parse(line))
    .map((line) => {
      if (!ErrorLine.is(line)) throw new Error(`${key}: a line has no rawData, so it is not one of Firehose's errors`);
      return Buffer.from(line.rawData, "base64");
    });
};

const chunked = chunksWithin<Buffer>(streamLimits, ({ length }) => length);

/** Offers all records of an object; answers how many were not taken, after which the object has to stay. */
const offer = async ({ firehose, outputs }: Stack, records: ReadonlyArray<Buffer>): Promise<number> => {
  let refused = 0;
  for (const chunk of chunked(records)) {
    const answer = await firehose.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: outputs.deliveryStreamName,
        Records: chunk.map((Data) => ({ Data })),
      }),
    );
    refused += answer.FailedPutCount ?? 0;
  }
  return refused;
};

export const importErrors = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, "dry-run": { type: "boolean", default: false } });
  const stack = await openStack(options);
  const keys = await listErrors(stack);
  const progress = progressLine();
  let records = 0;
  let refused = 0;
  for (const [index, key] of keys.entries()) {
    progress.show(`${number(index)} of ${number(keys.length)} objects`);
    const own = await readRecords(stack, key);
    records += own.length;
    if (options["dry-run"]) continue;
    const left = await offer(stack, own);
    refused += left;
    // Only when all of it was taken: offered again, its records are the same lines under the same keys.
    if (left === 0) await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.outputs.bucketName, Key: key }));
  }
  progress.clear();
  if (options.json) say(JSON.stringify({ objects: keys.length, records, refused, dryRun: options["dry-run"] }));
  else if (options["dry-run"]) say(`Would bring back ${number(records)} records of ${number(keys.length)} objects.`);
  else
    say(
      `Brought back ${number(records - refused)} records of ${number(keys.length)} objects${refused === 0 ? "." : `; ${number(refused)} were refused: run it again.`}`,
    );
  return refused === 0 ? exitCode.done : exitCode.failed;
};
