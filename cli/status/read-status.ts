import { GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { GetEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Breaker } from "../../src/breakers/breaker.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import { listErrorObjects, readErrorObjectOrWarn } from "../failed/error-objects.ts";
import { listFailedChunks } from "../failed/failed-chunks.ts";
import { mapReader } from "../map/read-map.ts";
import { answerOf, type Stack } from "../stack/stack.ts";

/** Events by reason, in chunks of one status. */
export interface Held {
  readonly events: number;
  readonly chunks: number;
  readonly byReason: Readonly<Record<string, number>>;
}

/** What `floodgate status` shows; times in epoch milliseconds, rates per minute over the last five. */
export interface Status {
  readonly backlog: { readonly waiting: number; readonly processing: number; readonly ageSeconds: number | null };
  readonly retrying: Held & { readonly nextAt: number | null };
  readonly parked: Held;
  /** Under `errors/`; `records` is null where there are too many objects to read them all. */
  readonly errors: { readonly objects: number; readonly records: number | null };
  readonly mapping: { readonly state: string };
  readonly breakers: ReadonlyArray<Breaker>;
  readonly map: { readonly queues: number; readonly checkedAt: number } | null;
  readonly perMinute: Readonly<Record<string, number>>;
  /** Of what was processed in the last five minutes, the share that is no event; null when nothing was. */
  readonly malformedPercent: number | null;
  /** When the last event came out of the buffer for the first time; null before the first one. */
  readonly lastArrival: number | null;
  readonly lastFailures: ReadonlyArray<{ readonly reason: string; readonly at: number; readonly events: number }>;
}

export const window = 5 * 60_000;

const namespace = "Floodgate";

/** CloudWatch takes letters, digits and underscores. */
const idOf = (name: string): string => name.toLowerCase().replaceAll(".", "_");

const ofFunction = (functionName: string, name: string): MetricDataQuery => ({
  Id: idOf(name),
  MetricStat: {
    Metric: { Namespace: namespace, MetricName: name, Dimensions: [{ Name: "service", Value: functionName }] },
    Period: window / 1000,
    Stat: "Sum",
  },
});

const ageQuery = (bufferUrl: string): MetricDataQuery => ({
  Id: "age",
  MetricStat: {
    Metric: {
      Namespace: "AWS/SQS",
      MetricName: "ApproximateAgeOfOldestMessage",
      Dimensions: [{ Name: "QueueName", Value: bufferUrl.slice(bufferUrl.lastIndexOf("/") + 1) }],
    },
    Period: 60,
    Stat: "Maximum",
  },
});

const processed = ["delivered", "duplicates", "retrying", "parked", "failed"];
const malformed = "parked.malformed";
const transformed = ["admitted", "lowPriority", "rateLimited"];

const readMetrics = async ({ cloudWatch, outputs }: Stack, now: number) => {
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - window),
      EndTime: new Date(now),
      MetricDataQueries: [
        ageQuery(outputs.bufferUrl),
        ...[...processed, malformed].map((name) => ofFunction(outputs.processBatchFunction, name)),
        ...transformed.map((name) => ofFunction(outputs.transformRecordsFunction, name)),
      ],
    }),
  );
  const values = new Map((MetricDataResults ?? []).map(({ Id, Values }) => [Id, Values ?? []]));
  const sumOf = (name: string): number => (values.get(idOf(name)) ?? []).reduce((total, value) => total + value, 0);
  const perMinute = Object.fromEntries(
    [...processed, ...transformed].map((name) => [name, Math.round(sumOf(name) / (window / 60_000))]),
  );
  const all = processed.reduce((sum, name) => sum + sumOf(name), 0);
  const malformedPercent = all === 0 ? null : (100 * sumOf(malformed)) / all;
  return { perMinute, malformedPercent, ageSeconds: values.get("age")?.[0] ?? null };
};

const readBacklog = async ({ sqs, outputs }: Stack) => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: outputs.bufferUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return {
    waiting: Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0),
    processing: Number(Attributes?.["ApproximateNumberOfMessagesNotVisible"] ?? 0),
  };
};

const heldIn = (chunks: ReadonlyArray<FailedChunk>): Held => {
  const byReason: Record<string, number> = {};
  for (const { failure, events } of chunks) byReason[failure] = (byReason[failure] ?? 0) + events;
  return { events: chunks.reduce((sum, { events }) => sum + events, 0), chunks: chunks.length, byReason };
};

const mostFailures = 5;

/** Objects that are read to count what is in them. */
const mostErrorObjects = 100;

const readErrors = async (stack: Stack): Promise<Status["errors"]> => {
  const keys = await listErrorObjects(stack);
  if (keys.length > mostErrorObjects) return { objects: keys.length, records: null };
  const counts = await Promise.all(keys.map(async (key) => (await readErrorObjectOrWarn(stack, key)).length));
  return { objects: keys.length, records: counts.reduce((sum, count) => sum + count, 0) };
};

export const readStatus = async (stack: Stack, now: number): Promise<Status> => {
  const { lambda, breakers, outputs } = stack;
  const [backlog, errors, metrics, chunks, mapping, pointer, arrival, ...open] = await Promise.all([
    readBacklog(stack),
    readErrors(stack),
    readMetrics(stack, now),
    listFailedChunks(stack),
    lambda.send(new GetEventSourceMappingCommand({ UUID: outputs.mappingId })),
    outputs.refreshMachineArn === "" ? undefined : mapReader(outputs).pointer(),
    answerOf(breakers.readArrival),
    ...(["sink", "operator", "genesys"] as const).map((name) => answerOf(breakers.readBreaker(name))),
  ]);
  const retrying = chunks.filter(({ status }) => status === "retrying");
  const due = retrying.map(({ dueAt }) => dueAt);
  return {
    backlog: { ...backlog, ageSeconds: metrics.ageSeconds },
    retrying: { ...heldIn(retrying), nextAt: due.toSorted((a, b) => a - b)[0] ?? null },
    errors,
    parked: heldIn(chunks.filter(({ status }) => status === "parked")),
    mapping: { state: mapping.State ?? "Unknown" },
    breakers: open.filter((breaker) => breaker !== undefined),
    map: pointer === undefined ? null : { queues: pointer.queues, checkedAt: pointer.checkedAt },
    perMinute: metrics.perMinute,
    malformedPercent: metrics.malformedPercent,
    lastArrival: arrival.last ?? null,
    lastFailures: chunks
      .slice(-mostFailures)
      .toReversed()
      .map(({ failure: reason, createdAt, events }) => ({ reason, at: createdAt, events })),
  };
};
