import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceRequest } from "./service.ts";

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

const accountPath = "/2016-08-19/account-settings";
const mappingPath = "/2015-03-31/event-source-mappings/";
const mappingOperations: Readonly<Record<string, string>> = {
  GET: "GetEventSourceMapping",
  PUT: "UpdateEventSourceMapping",
};

/** Which operation of AWS, or of Genesys, a request is, as `dynamodb.PutItem`; clients say it by header, method or path. */
const operationOf = ({ headers, method, url }: IncomingMessage): string => {
  if (url?.startsWith(`${genesysPath}/`) === true) return genesysOperation;
  const [service, name] = String(headers["x-amz-target"] ?? "").split(".");
  if (service !== undefined && name !== undefined) return `${targets[service] ?? service}.${name}`;
  if (url?.startsWith(accountPath) === true) return "lambda.GetAccountSettings";
  if (url?.startsWith(mappingPath) === true) return `lambda.${mappingOperations[method ?? ""] ?? method}`;
  if (method === "GET" && /[?&]list-type=2/.test(url ?? "")) return "s3.ListObjectsV2";
  return `s3.${s3Operations[method ?? ""] ?? method}`;
};

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** A request with the key that it is signed with: an access key id here is `<who>.<key of this run>`. */
export const readRequest = async (
  incoming: IncomingMessage,
): Promise<{ readonly request: ServiceRequest; readonly key: string }> => {
  const id = /Credential=([^/]+)\//.exec(incoming.headers.authorization ?? "")?.[1] ?? "";
  const dot = id.lastIndexOf(".");
  const request = {
    operation: operationOf(incoming),
    caller: id.slice(0, Math.max(0, dot)),
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers: incoming.headers,
    body: await readBody(incoming),
  };
  return { request, key: id.slice(dot + 1) };
};

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/** What browsers say of a request that this server's own page makes, or a person who types the address. */
const ownSites: ReadonlyArray<unknown> = [undefined, "same-origin", "none"];

/**
 * Whether a request comes by way of somebody else's page: browsers name the origin of one that another page makes, or at
 * least that it is another's (an image, a frame), and a name that was made to point to this machine is not its address.
 */
export const isForeign = ({ headers, socket }: IncomingMessage): boolean =>
  !loopbackNames.some((name) => headers.host === `${name}:${socket.localPort}`) ||
  (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) ||
  !ownSites.includes(headers["sec-fetch-site"]);

export const answerForeign = (response: ServerResponse): void => {
  response.writeHead(403, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ message: "only for this machine's own address, and for pages of this server" }));
};

/** A request that waits for the clock; `release` lets it count as under way again, once. */
export interface Arrival {
  readonly request: ServiceRequest;
  readonly response: ServerResponse;
  readonly release: () => void;
}

export const inStableOrder = (a: Arrival, b: Arrival): number =>
  a.request.caller.localeCompare(b.request.caller) ||
  a.request.operation.localeCompare(b.request.operation) ||
  a.request.path.localeCompare(b.request.path) ||
  Buffer.compare(a.request.body, b.request.body);
