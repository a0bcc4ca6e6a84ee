import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { batchGet, batchPut, type Item, type Table } from "../../aws/adapters/dynamodb-batches.ts";
import { EventKey } from "../../event/event-key.ts";
import type { GenesysEvent } from "../../event/genesys-event.ts";
import { day, type Instant, toIso } from "../../time/instant.ts";
import type { Clock, Random } from "../../time/ports.ts";
import type { Deliveries } from "../ports.ts";

/** 14 days in the buffer, 14 days of retries, and a margin: after that no copy of an event can turn up any more. */
const keptDays = 35;

const DeliveryItem = t.type(
  {
    eventKey: t.type({ S: EventKey }),
    messageId: t.type({ S: t.string }),
    expiresAt: t.type({ N: t.string }),
  },
  "DeliveryItem",
);

const partitionOf = ({ conversationId, key }: GenesysEvent): string => conversationId ?? key;

const keyOf = (event: GenesysEvent): Item => ({
  conversationId: { S: partitionOf(event) },
  eventKey: { S: event.key },
});

const named = (name: string, value: string | undefined): Item => (value === undefined ? {} : { [name]: { S: value } });

const itemOf = (event: GenesysEvent, now: Instant): Item => ({
  ...keyOf(event),
  messageId: { S: event.message.messageId },
  type: { S: event.type },
  eventTime: { S: toIso(event.eventTime) },
  receivedAt: { S: toIso(event.message.receivedAt) },
  deliveredAt: { S: toIso(now) },
  ...named("queueId", event.queueId),
  ...named("userId", event.userId),
  ...named("participantId", event.participantId),
  expiresAt: { N: String(Math.floor((now + keptDays * day) / 1000)) },
});

/** Items are deleted up to days after they expired, so the time is checked here as well. */
const readItems = (items: ReadonlyArray<Item>, now: Instant): ReadonlyMap<EventKey, string> => {
  const known = new Map<EventKey, string>();
  for (const item of items) {
    const decoded = DeliveryItem.decode(item);
    if (E.isLeft(decoded)) continue;
    const { eventKey, messageId, expiresAt } = decoded.right;
    if (Number(expiresAt.N) * 1000 > now) known.set(eventKey.S, messageId.S);
  }
  return known;
};

/** The table `deliveries`: partition key conversationId (else the event key), sort key eventKey. */
export const dynamodbDeliveries = (table: Table, clock: Clock & Random): Deliveries => ({
  findDeliveries: (events) =>
    pipe(
      TE.tryCatch(
        () => batchGet(table, clock)(events.map(keyOf), "eventKey, messageId, expiresAt"),
        unavailable("DeliveriesUnavailable"),
      ),
      TE.map((items) => readItems(items, clock.now())),
    ),
  recordDeliveries: (events) => {
    const items = new Map(events.map((event) => [itemOf(event, clock.now()), event]));
    return pipe(
      () => batchPut(table, clock)([...items.keys()]),
      T.map((unwritten) => {
        const keys = new Set(unwritten.map((item) => item["eventKey"]?.S));
        return events.filter(({ key }) => keys.has(key));
      }),
    );
  },
});
