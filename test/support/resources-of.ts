import type { ServiceRequest } from "../../local/service.ts";

/*
 * What a request is about, as the ARNs that a policy would have to name (Service Authorization Reference), so that a
 * run shows which permissions its functions need. The account and the region are those of a plan.
 */

const account = "eu-central-1:123456789012";

/** Far enough to find the name in front of the records of a large batch. */
const headBytes = 4_096;

const textOf = (text: string, name: string): string | undefined => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1];

const tablesOf = (text: string): ReadonlyArray<string> => {
  const table = textOf(text, "TableName");
  if (table === undefined) return Object.keys(JSON.parse(text).RequestItems ?? {});
  const index = textOf(text, "IndexName");
  return [index === undefined ? table : `${table}/index/${index}`];
};

const nameAtEnd = (url: string | undefined): string => url?.slice(url.lastIndexOf("/") + 1) ?? "";

/** The ARNs of a request; none for a service that nobody here is allowed or denied by resource. */
export const resourcesOf = ({ operation, path, body }: ServiceRequest): ReadonlyArray<string> => {
  const [service] = operation.split(".");
  const head = (): string => body.toString("latin1", 0, headBytes);
  switch (service) {
    case "dynamodb":
      return tablesOf(body.toString("utf8")).map((table) => `arn:aws:dynamodb:${account}:table/${table}`);
    case "s3":
      return [`arn:aws:s3:::${decodeURIComponent(path.slice(1).replace(/\?.*$/, "").replace(/\/$/, ""))}`];
    case "firehose":
      return [`arn:aws:firehose:${account}:deliverystream/${textOf(head(), "DeliveryStreamName")}`];
    case "sqs":
      return [`arn:aws:sqs:${account}:${nameAtEnd(textOf(head(), "QueueUrl"))}`];
    case "secretsmanager":
      return [textOf(head(), "SecretId") ?? ""];
    case "states":
      return [textOf(head(), "stateMachineArn") ?? ""];
    default:
      return [];
  }
};
