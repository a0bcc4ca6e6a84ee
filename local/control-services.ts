import { randomUUID } from "node:crypto";
import * as t from "io-ts";
import { awsError, jsonAnswer, type Operation, type ServiceRequest } from "./gateway.ts";
import type { MessageBuffer } from "./models/buffer.ts";
import type { Bus } from "./models/bus.ts";
import type { Machines } from "./models/machines.ts";
import type { EventSourceMapping } from "./models/mapping.ts";
import { getMetricData, type Metrics } from "./models/metrics.ts";
import type { Objects } from "./models/objects.ts";

/*
 * The operations by which the commands, and the pipeline itself, look at resources and steer them: Lambda's event
 * source mappings, EventBridge's partner sources, attributes of queues, listings of objects (API references).
 * Left out: paging of listings beyond 1,000 keys, every attribute that nobody here asks for.
 */

const lastPart = (name: string, separator: string): string => name.slice(name.lastIndexOf(separator) + 1);

const inputOf = ({ body }: ServiceRequest): unknown => JSON.parse(body.toString("utf8"));

const mappingAnswer = (mapping: EventSourceMapping) =>
  jsonAnswer(200, {
    UUID: mapping.name,
    EventSourceArn: mapping.eventSourceArn,
    State: mapping.state,
    LastModified: mapping.changedAt / 1000,
  });

const mappingOf = (mappings: ReadonlyArray<EventSourceMapping>, { path }: ServiceRequest) => {
  const id = decodeURIComponent(lastPart(path.split("?")[0] ?? "", "/"));
  return mappings.find(({ name }) => name === id);
};

const noSuchMapping = awsError(404, "ResourceNotFoundException", "The resource you requested does not exist.");

const getMapping =
  (mappings: () => ReadonlyArray<EventSourceMapping>): Operation =>
  (request) => {
    const mapping = mappingOf(mappings(), request);
    return mapping === undefined ? noSuchMapping : mappingAnswer(mapping);
  };

const updateMapping =
  (mappings: () => ReadonlyArray<EventSourceMapping>): Operation =>
  (request) => {
    const mapping = mappingOf(mappings(), request);
    const input = inputOf(request);
    if (mapping === undefined) return noSuchMapping;
    if (!t.type({ Enabled: t.boolean }).is(input)) return awsError(400, "InvalidParameterValueException", "no Enabled");
    mapping.setEnabled(input.Enabled);
    return mappingAnswer(mapping);
  };

const describeMachine =
  (machines: () => Machines): Operation =>
  (request) => {
    const input = inputOf(request);
    const arn = t.type({ stateMachineArn: t.string }).is(input) ? input.stateMachineArn : "";
    return machines().has(lastPart(arn, ":"))
      ? jsonAnswer(200, { stateMachineArn: arn, name: lastPart(arn, ":"), status: "ACTIVE", type: "EXPRESS" })
      : awsError(400, "StateMachineDoesNotExist", "State Machine Does Not Exist");
  };

/** A source that a local stack names is taken to be there, as if Genesys had made it. */
const describeEventSource: Operation = (request) => {
  const input = inputOf(request);
  const name = t.type({ Name: t.string }).is(input) ? input.Name : "";
  return jsonAnswer(200, { Name: name, Arn: `arn:aws:events:local::event-source/${name}`, State: "ACTIVE" });
};

const queueAttributes =
  (queues: () => ReadonlyMap<string, MessageBuffer>): Operation =>
  (request) => {
    const input = inputOf(request);
    const queue = t.type({ QueueUrl: t.string }).is(input) ? queues().get(lastPart(input.QueueUrl, "/")) : undefined;
    if (queue === undefined) return awsError(400, "QueueDoesNotExist", "The specified queue does not exist.");
    return jsonAnswer(200, {
      Attributes: {
        ApproximateNumberOfMessages: String(queue.visibleCount()),
        ApproximateNumberOfMessagesNotVisible: String(queue.heldCount() - queue.visibleCount()),
      },
    });
  };

const maximumKeys = 1000;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const listObjects =
  (objects: Objects): Operation =>
  ({ path }) => {
    const url = new URL(path, "http://local");
    const bucket = url.pathname.split("/")[1] ?? "";
    const most = Number(url.searchParams.get("max-keys") ?? maximumKeys);
    const after = url.searchParams.get("continuation-token") ?? url.searchParams.get("start-after") ?? "";
    const keys = objects.list(bucket, url.searchParams.get("prefix") ?? "").filter((key) => key > after);
    const page = keys.slice(0, most);
    const contents = page.map((key) => {
      const size = objects.get(bucket, key)?.length ?? 0;
      return `<Contents><Key>${escapeXml(key)}</Key><Size>${size}</Size></Contents>`;
    });
    const isTruncated = keys.length > most;
    const next = isTruncated ? `<NextContinuationToken>${escapeXml(page.at(-1) ?? "")}</NextContinuationToken>` : "";
    return {
      status: 200,
      headers: { "content-type": "application/xml" },
      body: `<ListBucketResult><KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
    };
  };

const PutEvents = t.type({
  Entries: t.array(
    t.intersection([
      t.type({ Source: t.string, DetailType: t.string, Detail: t.string }),
      t.partial({ Time: t.number }),
    ]),
  ),
});

/** Nobody but AWS and its partners may put events whose source begins with `aws.` (API reference, PutEvents). */
const putEvents =
  (bus: () => Bus): Operation =>
  (request) => {
    const input = inputOf(request);
    if (!PutEvents.is(input)) return awsError(400, "ValidationException", "not a PutEvents");
    const entries = input.Entries.map(({ Source, DetailType, Detail, Time }) => {
      if (Source.startsWith("aws.")) {
        return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
      }
      const id = randomUUID();
      const time = `${new Date((Time ?? Date.now() / 1000) * 1000).toISOString().slice(0, 19)}Z`;
      const head = JSON.stringify({
        version: "0",
        id,
        "detail-type": DetailType,
        source: Source,
        account: "123456789012",
        time,
        region: "eu-central-1",
        resources: [],
      });
      bus().put(`${head.slice(0, -1)},"detail":${Detail}}`);
      return { EventId: id };
    });
    return jsonAnswer(200, {
      FailedEntryCount: entries.filter((entry) => "ErrorCode" in entry).length,
      Entries: entries,
    });
  };

const StartReplay = t.type({ ReplayName: t.string, EventStartTime: t.number, EventEndTime: t.number });

/** At once, where AWS takes minutes. */
const startReplay =
  (bus: () => Bus): Operation =>
  (request) => {
    const input = inputOf(request);
    if (!StartReplay.is(input)) return awsError(400, "ValidationException", "not a StartReplay");
    bus().replay(input.ReplayName, input.EventStartTime * 1000, input.EventEndTime * 1000);
    return jsonAnswer(200, { State: "STARTING", ReplayArn: `arn:aws:events:local::replay/${input.ReplayName}` });
  };

export interface ControlModels {
  readonly objects: Objects;
  /** Built after the gateway, because they need its address. */
  readonly queues: () => ReadonlyMap<string, MessageBuffer>;
  readonly mappings: () => ReadonlyArray<EventSourceMapping>;
  readonly machines: () => Machines;
  readonly bus: () => Bus;
  readonly metrics: Metrics;
}

export const controlOperations = (models: ControlModels): ReadonlyArray<readonly [string, Operation]> => [
  ["lambda.GetEventSourceMapping", getMapping(models.mappings)],
  ["lambda.UpdateEventSourceMapping", updateMapping(models.mappings)],
  ["states.DescribeStateMachine", describeMachine(models.machines)],
  ["events.DescribeEventSource", describeEventSource],
  ["sqs.GetQueueAttributes", queueAttributes(models.queues)],
  ["s3.ListObjectsV2", listObjects(models.objects)],
  ["events.PutEvents", putEvents(models.bus)],
  ["events.StartReplay", startReplay(models.bus)],
  ["events.DescribeReplay", () => jsonAnswer(200, { State: "COMPLETED" })],
  ["cloudwatch.GetMetricData", getMetricData(models.metrics, models.queues)],
];
