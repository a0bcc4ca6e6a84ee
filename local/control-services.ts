import * as t from "io-ts";
import type { LocalGenesys } from "./genesys/local-genesys.ts";
import type { MessageBuffer } from "./models/buffer.ts";
import { type Bus, envelopeText } from "./models/bus.ts";
import type { Functions } from "./models/functions.ts";
import type { Machines } from "./models/machines.ts";
import type { EventSourceMapping } from "./models/mapping.ts";
import { getMetricData, type Metrics } from "./models/metrics.ts";
import type { Objects } from "./models/objects.ts";
import type { DeliveryStream } from "./models/stream.ts";
import type { Tables } from "./models/tables.ts";
import {
  awsError,
  jsonAnswer,
  type Operation,
  type Operations,
  operation,
  type ServiceRequest,
  xmlAnswer,
} from "./service.ts";
import { nameOf, randomId } from "./text.ts";

/*
 * The operations by which the commands, and the pipeline itself, look at resources and steer them: Lambda's event
 * source mappings, EventBridge's partner sources, attributes of queues, listings of objects (API references).
 * Left out: paging of listings beyond 1,000 keys, every attribute that nobody here asks for.
 */

export interface Models {
  readonly functions: Functions;
  readonly tables: Tables;
  readonly objects: Objects;
  readonly streams: ReadonlyMap<string, DeliveryStream>;
  readonly buffers: ReadonlyMap<string, MessageBuffer>;
  readonly mappings: ReadonlyArray<EventSourceMapping>;
  readonly machines: Machines;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly genesys: LocalGenesys;
  /** The JSON text that every secret of the stack holds. */
  readonly secret: string;
}

const UpdateMapping = t.type({ Enabled: t.boolean }, "UpdateEventSourceMapping");
const DescribeMachine = t.type({ stateMachineArn: t.string }, "DescribeStateMachine");
const DescribeSource = t.type({ Name: t.string }, "DescribeEventSource");
const QueueAttributes = t.type({ QueueUrl: t.string }, "GetQueueAttributes");
const PutEvents = t.type(
  {
    Entries: t.array(
      t.intersection([
        t.type({ Source: t.string, DetailType: t.string, Detail: t.string }),
        t.partial({ Time: t.number }),
      ]),
    ),
  },
  "PutEvents",
);
const StartReplay = t.type({ ReplayName: t.string, EventStartTime: t.number, EventEndTime: t.number }, "StartReplay");

/** An operation on one mapping; `change` acts on it before it is shown. */
const onMapping =
  (mappings: Models["mappings"], change: (mapping: Models["mappings"][number], body: Buffer) => void): Operation =>
  ({ path, body }) => {
    const id = decodeURIComponent(nameOf(path.split("?")[0] ?? ""));
    const mapping = mappings.find(({ name }) => name === id);
    if (mapping === undefined) {
      return awsError(404, "ResourceNotFoundException", "The resource you requested does not exist.");
    }
    change(mapping, body);
    return jsonAnswer(200, {
      UUID: mapping.name,
      EventSourceArn: mapping.eventSourceArn,
      State: mapping.state,
      LastModified: mapping.changedAt / 1000,
    });
  };

const updateMapping: Parameters<typeof onMapping>[1] = (mapping, body) => {
  const input: unknown = JSON.parse(body.toString("utf8"));
  if (UpdateMapping.is(input)) mapping.setEnabled(input.Enabled);
};

const describeMachine = (machines: Models["machines"]): Operation =>
  operation(DescribeMachine, "InvalidArn", ({ stateMachineArn }) =>
    machines.has(nameOf(stateMachineArn))
      ? jsonAnswer(200, { stateMachineArn, name: nameOf(stateMachineArn), status: "ACTIVE", type: "EXPRESS" })
      : awsError(400, "StateMachineDoesNotExist", "State Machine Does Not Exist"),
  );

/** A source that a local stack names is taken to be there, as if Genesys had made it. */
const describeEventSource = operation(DescribeSource, "ValidationException", ({ Name }) =>
  jsonAnswer(200, { Name, Arn: `arn:aws:events:local::event-source/${Name}`, State: "ACTIVE" }),
);

const queueAttributes = (buffers: Models["buffers"]): Operation =>
  operation(QueueAttributes, "InvalidParameterValue", ({ QueueUrl }) => {
    const buffer = buffers.get(nameOf(QueueUrl));
    if (buffer === undefined) return awsError(400, "QueueDoesNotExist", "The specified queue does not exist.");
    return jsonAnswer(200, {
      Attributes: {
        ApproximateNumberOfMessages: String(buffer.visibleCount()),
        ApproximateNumberOfMessagesNotVisible: String(buffer.heldCount() - buffer.visibleCount()),
      },
    });
  });

const maximumKeys = 1000;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** With a delimiter, what lies behind it is told as one prefix. */
const entriesOf = (keys: ReadonlyArray<string>, prefix: string, delimiter: string | null): ReadonlyArray<string> => {
  if (delimiter === null) return keys;
  const cut = (key: string): string => {
    const end = key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  };
  return [...new Set(keys.map(cut))];
};

const listObjects =
  (objects: Objects): Operation =>
  ({ path }: ServiceRequest) => {
    const { pathname, searchParams } = new URL(path, "http://local");
    const bucket = pathname.split("/")[1] ?? "";
    const most = Number(searchParams.get("max-keys") ?? maximumKeys);
    const after = searchParams.get("continuation-token") ?? searchParams.get("start-after") ?? "";
    const [prefix, delimiter] = [searchParams.get("prefix") ?? "", searchParams.get("delimiter")];
    const entries = entriesOf(objects.list(bucket, prefix), prefix, delimiter).filter((entry) => entry > after);
    const page = entries.slice(0, most);
    const contents = page.map((entry) => {
      if (delimiter !== null && entry.endsWith(delimiter))
        return `<CommonPrefixes><Prefix>${escapeXml(entry)}</Prefix></CommonPrefixes>`;
      const size = objects.get(bucket, entry)?.length ?? 0;
      return `<Contents><Key>${escapeXml(entry)}</Key><Size>${size}</Size></Contents>`;
    });
    const isTruncated = entries.length > most;
    const next = isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1) ?? "")}</NextContinuationToken>` : "";
    return xmlAnswer(
      200,
      `<ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    );
  };

/** Nobody but AWS and its partners may put events whose source begins with `aws.` (API reference, PutEvents). */
const putEvents = (bus: Models["bus"]): Operation =>
  operation(PutEvents, "ValidationException", ({ Entries }) => {
    const entries = Entries.map(({ Source: source, DetailType: detailType, Detail: detail, Time }) => {
      if (source.startsWith("aws.")) {
        return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
      }
      const id = randomId();
      bus.put(envelopeText({ id, detailType, source, time: Time === undefined ? Date.now() : Time * 1000, detail }));
      return { EventId: id };
    });
    const failed = entries.filter((entry) => "ErrorCode" in entry).length;
    return jsonAnswer(200, { FailedEntryCount: failed, Entries: entries });
  });

/** At once, where AWS takes minutes. */
const startReplay = (bus: Models["bus"]): Operation =>
  operation(StartReplay, "ValidationException", ({ ReplayName, EventStartTime, EventEndTime }) => {
    bus.replay(ReplayName, EventStartTime * 1000, EventEndTime * 1000);
    return jsonAnswer(200, { State: "STARTING", ReplayArn: `arn:aws:events:local::replay/${ReplayName}` });
  });

export const controlOperations = ({
  functions,
  mappings,
  machines,
  buffers,
  objects,
  bus,
  metrics,
}: Models): Operations => [
  ["lambda.GetEventSourceMapping", onMapping(mappings, () => undefined)],
  ["lambda.UpdateEventSourceMapping", onMapping(mappings, updateMapping)],
  ["states.DescribeStateMachine", describeMachine(machines)],
  ["events.DescribeEventSource", describeEventSource],
  ["lambda.GetAccountSettings", () => jsonAnswer(200, { AccountLimit: functions.account.limits() })],
  ["sqs.GetQueueAttributes", queueAttributes(buffers)],
  ["s3.ListObjectsV2", listObjects(objects)],
  ["events.PutEvents", putEvents(bus)],
  ["events.StartReplay", startReplay(bus)],
  ["events.DescribeReplay", () => jsonAnswer(200, { State: "COMPLETED" })],
  ["cloudwatch.GetMetricData", getMetricData(metrics, buffers)],
];
