import type { IncomingMessage } from "node:http";

const targets: Readonly<Record<string, string>> = {
  DynamoDB_20120810: "dynamodb",
  Firehose_20150804: "firehose",
  AWSStepFunctions: "states",
  AmazonSQS: "sqs",
  secretsmanager: "secretsmanager",
  AWSEvents: "events",
  GraniteServiceVersion20100801: "cloudwatch",
};

/** Everything below this path is the local Genesys, on the same server and under the same clock. */
export const genesysPath = "/genesys";
export const genesysOperation = "genesys.Request";

const s3Operations: Readonly<Record<string, string>> = { PUT: "PutObject", GET: "GetObject", DELETE: "DeleteObject" };

const mappingPath = "/2015-03-31/event-source-mappings/";
const mappingOperations: Readonly<Record<string, string>> = {
  GET: "GetEventSourceMapping",
  PUT: "UpdateEventSourceMapping",
};

/** Which operation of AWS, or of Genesys, a request is, as `dynamodb.PutItem`; clients say it by header, method or path. */
export const operationOf = ({ headers, method, url }: IncomingMessage): string => {
  if (url?.startsWith(`${genesysPath}/`) === true) return genesysOperation;
  const [service, name] = String(headers["x-amz-target"] ?? "").split(".");
  if (service !== undefined && name !== undefined) return `${targets[service] ?? service}.${name}`;
  if (url?.startsWith(mappingPath) === true) return `lambda.${mappingOperations[method ?? ""] ?? method}`;
  if (method === "GET" && /[?&]list-type=2/.test(url ?? "")) return "s3.ListObjectsV2";
  return `s3.${s3Operations[method ?? ""] ?? method}`;
};
