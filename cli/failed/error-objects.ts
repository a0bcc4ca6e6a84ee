import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import * as t from "io-ts";
import { errorPrefix } from "../../src/retry/adapters/s3-error-objects.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { describeFailure } from "../explain-error.ts";
import type { Stack } from "../stack/stack.ts";
import { complain } from "../terminal.ts";

/** A line that Firehose writes below its error prefix; `rawData` is the record in base64. */
const ErrorLine = t.type({ rawData: t.string });

/** A line of an object under `errors/`; without a record it is not one of Firehose's, or is broken. */
export interface ErrorRecord {
  readonly line: string;
  readonly record: Buffer | undefined;
}

/** Keys of all objects of records that Firehose has given up on. */
export const listErrorObjects = async ({ s3, outputs }: Stack): Promise<ReadonlyArray<string>> => {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: outputs.bucketName, Prefix: errorPrefix });
  for await (const { Contents = [] } of pages) keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  return keys;
};

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Every record of ours is a text; what is none would not come back as it was. */
const recordOf = (line: string): Buffer | undefined => {
  const value = parseJson(line);
  const record = ErrorLine.is(value) ? Buffer.from(value.rawData, "base64") : undefined;
  return record !== undefined && isUtf8(record) ? record : undefined;
};

export const readErrorObject = async ({ s3, outputs }: Stack, key: string): Promise<ReadonlyArray<ErrorRecord>> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.bucketName, Key: key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  const text = (isGzip(bytes) ? gunzipSync(bytes) : Buffer.from(bytes)).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => ({ line, record: recordOf(line) }));
};

/** For commands that only look: an object that cannot be read is named, and must not hide all the others. */
export const readErrorObjectOrWarn = async (stack: Stack, key: string): Promise<ReadonlyArray<ErrorRecord>> => {
  try {
    return await readErrorObject(stack, key);
  } catch (error) {
    complain(`${key} cannot be read and was skipped: ${describeFailure(error)}`);
    return [];
  }
};

/** Why Firehose gave up: the folder below the prefix. */
export const errorTypeOf = (key: string): string => key.slice(errorPrefix.length).split("/")[0] ?? "unknown";
