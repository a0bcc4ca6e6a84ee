import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { type Decision, minuteName, minuteOf, shortKey } from "../../src/admission/admission-log.ts";
import { queryAll } from "../../src/aws/adapters/query-all.ts";
import { decodeMessage } from "../../src/event/decode-message.ts";
import { EventKey, eventKeyOf } from "../../src/event/event-key.ts";
import { type EventType, eventTypes } from "../../src/event/event-type.ts";
import type { FailedChunk } from "../../src/failed/failed-chunk.ts";
import { type FailedEvent, toMessage } from "../../src/failed/failed-event.ts";
import { parseInstant } from "../../src/time/instant.ts";
import { partitioner, partitionPath } from "../../src/transform/partition-keys.ts";
import { type ErrorEvent, fromError, readErrorEvents } from "../failed/error-events.ts";
import { listFailedChunks } from "../failed/failed-chunks.ts";
import { loadOrWarn } from "../failed/failed-selection.ts";
import { answerOf, type Stack } from "../stack/stack.ts";
import type { FoundEvent } from "./found-event.ts";

const textC = t.type({ S: t.string });
const DeliveryItem = t.intersection([
  t.type({ eventKey: t.type({ S: EventKey }), messageId: textC, type: textC, eventTime: textC, deliveredAt: textC }),
  t.partial({ receivedAt: textC, queueId: textC, userId: textC, participantId: textC, conversationId: textC }),
]);
type DeliveryItem = t.TypeOf<typeof DeliveryItem>;

const deliveriesOf = async ({ dynamoDb, outputs }: Stack, partition: string): Promise<ReadonlyArray<DeliveryItem>> => {
  const items = await queryAll(
    { dynamoDb, table: outputs.deliveriesTable },
    {
      KeyConditionExpression: "conversationId = :partition",
      ExpressionAttributeValues: { ":partition": { S: partition } },
      ConsistentRead: true,
    },
  );
  return items.filter(DeliveryItem.is);
};

/** What admission decided of an event; undefined where the log knows nothing of it. */
type DecisionOf = (key: EventKey, eventTime: number) => Promise<Decision | undefined>;

/** Reads each minute of the log once, however many events it has. */
const decisionsOf = ({ dynamoDb, outputs }: Stack): DecisionOf => {
  const log = dynamodbAdmissionLog({ dynamoDb, table: outputs.admissionLogTable });
  const minutes = new Map<string, ReadonlyMap<number, Decision>>();
  const read = async (minute: string): Promise<ReadonlyMap<number, Decision>> => {
    const items = await answerOf(log.readLog(minute, 0));
    const first = new Map<number, Decision>();
    for (const { key, decision } of items.flatMap(({ entries }) => entries)) {
      if (!first.has(key)) first.set(key, decision);
    }
    minutes.set(minute, first);
    return first;
  };
  return async (key, eventTime) => {
    const minute = minuteName(minuteOf(eventTime));
    return (minutes.get(minute) ?? (await read(minute))).get(shortKey(key));
  };
};

const typeOf = (name: string): EventType => eventTypes.find((type) => type === name) ?? "other";

const prefixOf = (item: DeliveryItem, excess: boolean, shards: number, conversationId: string): string => {
  const deliveredAt = parseInstant(item.deliveredAt.S) ?? 0;
  const keys = partitioner(deliveredAt, shards)(
    {
      type: typeOf(item.type.S),
      eventTime: parseInstant(item.eventTime.S) ?? 0,
      queueId: item.queueId?.S,
      conversationId,
    },
    excess,
  );
  return partitionPath(keys);
};

const fromDelivery = (
  stack: Stack,
  item: DeliveryItem,
  conversationId: string,
  decision: Decision | undefined,
): FoundEvent => {
  const isExcess = decision !== undefined && decision !== "admitted";
  const isDropped = isExcess && stack.outputs.excess !== "store";
  return {
    key: item.eventKey.S,
    type: item.type.S,
    eventTime: item.eventTime.S,
    conversationId: conversationId === item.eventKey.S ? null : conversationId,
    participantId: item.participantId?.S ?? null,
    queueId: item.queueId?.S ?? null,
    userId: item.userId?.S ?? null,
    outcome: isDropped ? "dropped" : isExcess ? "setAside" : "delivered",
    messageId: item.messageId.S,
    receivedAt: item.receivedAt?.S ?? null,
    deliveredAt: item.deliveredAt.S,
    prefix: isDropped ? null : prefixOf(item, isExcess, stack.outputs.shards, conversationId),
    decision: decision ?? null,
    reason: null,
    attempts: null,
    nextAt: null,
  };
};

const iso = (instant: number): string => new Date(instant).toISOString();

const fromFailed = (chunk: FailedChunk, failed: FailedEvent): FoundEvent => {
  const decoded = decodeMessage(toMessage(failed));
  const event = E.isRight(decoded) ? decoded.right : undefined;
  return {
    key: event?.key ?? failed.key ?? "",
    type: event?.type ?? "",
    eventTime: event === undefined ? "" : iso(event.eventTime),
    conversationId: event?.conversationId ?? null,
    participantId: event?.participantId ?? null,
    queueId: event?.queueId ?? null,
    userId: event?.userId ?? null,
    outcome: chunk.status,
    messageId: failed.messageId,
    receivedAt: iso(failed.receivedAt),
    deliveredAt: null,
    prefix: null,
    decision: null,
    reason: failed.detail === undefined ? failed.reason : `${failed.reason}: ${failed.detail}`,
    attempts: failed.attempts,
    nextAt: chunk.status === "retrying" ? iso(chunk.dueAt) : null,
  };
};

const searchErrors = (errors: ReadonlyArray<ErrorEvent>, wanted: string): ReadonlyArray<FoundEvent> => {
  const names = namesWhole(wanted);
  return errors.filter(({ text }) => names(text)).flatMap((error) => fromError(error) ?? []);
};

interface FindOptions {
  /** The failed chunks, where somebody has listed them already. */
  readonly chunks?: ReadonlyArray<FailedChunk>;
  /** What lies under `errors/`, likewise. */
  readonly errors?: ReadonlyArray<ErrorEvent>;
  readonly onProgress?: (searched: number, of: number) => void;
}

/** Finds an id in a text as a whole word, also in one that is not JSON; `c-1` is not `c-15`. */
const namesWhole = (wanted: string): ((text: string) => boolean) => {
  const escaped = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`);
  return (text) => text.includes(wanted) && pattern.test(text);
};

/** Looks through the objects of all failed chunks; an id is found wherever it stands in an event's text. */
const searchFailed = async (
  stack: Stack,
  wanted: string,
  { chunks, onProgress }: Required<Pick<FindOptions, "chunks" | "onProgress">>,
): Promise<ReadonlyArray<FoundEvent>> => {
  const names = namesWhole(wanted);
  const found: FoundEvent[] = [];
  for (const [index, chunk] of chunks.entries()) {
    onProgress(index, chunks.length);
    const loaded = await loadOrWarn(stack, chunk.chunkId);
    for (const event of loaded?.events ?? []) {
      if (event.messageId === wanted || names(event.body)) found.push(fromFailed(chunk, event));
    }
  }
  return found;
};

/** The partitions of `deliveries` in which events of that id can lie: a conversation's, an event's key, an envelope's. */
const partitionsOf = (wanted: string): ReadonlyArray<string> => [
  ...new Set([
    wanted,
    eventKeyOf({ _tag: "Envelope", id: wanted }),
    eventKeyOf({ _tag: "Message", messageId: wanted }),
  ]),
];

/** Everything that the stack knows of a conversation id, an event id, an event key or a messageId. */
export const findEvent = async (
  stack: Stack,
  wanted: string,
  { chunks, errors, onProgress = () => undefined }: FindOptions = {},
): Promise<ReadonlyArray<FoundEvent>> => {
  const delivered: FoundEvent[] = [];
  const decisionOf = decisionsOf(stack);
  for (const partition of partitionsOf(wanted)) {
    for (const item of await deliveriesOf(stack, partition)) {
      const decision = await decisionOf(item.eventKey.S, parseInstant(item.eventTime.S) ?? 0);
      delivered.push(fromDelivery(stack, item, partition, decision));
    }
  }
  // Firehose took these copies, and has given them up since: they lie nowhere under `type=`.
  const givenUp = searchErrors(errors ?? (await readErrorEvents(stack)), wanted);
  const isGivenUp = new Set(givenUp.map(({ messageId }) => messageId));
  const handedOver = new Set(delivered.map(({ messageId }) => messageId));
  const searched = { chunks: chunks ?? (await listFailedChunks(stack)), onProgress };
  // A copy that was delivered out of a chunk which is not settled yet has its outcome already.
  const failed = (await searchFailed(stack, wanted, searched)).filter(({ messageId }) => !handedOver.has(messageId));
  const arrived = delivered.filter(({ messageId }) => !isGivenUp.has(messageId));
  return [...arrived, ...givenUp, ...failed].toSorted((a, b) => a.eventTime.localeCompare(b.eventTime));
};
