import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as t from "io-ts";
import { memberText } from "../text/json-text.ts";
import { parseJson } from "../text/parse-json.ts";
import { type Instant, plausibleInstant } from "../time/instant.ts";
import { eventKeyOf, type Identity } from "./event-key.ts";
import { type EventType, eventTypeOf } from "./event-type.ts";
import type { GenesysEvent } from "./genesys-event.ts";
import type { Message } from "./message.ts";

/** A message that can never become an event: retrying it cannot help. */
export interface Malformed {
  readonly _tag: "Malformed";
  readonly reason: string;
}

/** A field that is used when it has the expected form and ignored when it has not: the vendor may change it any day. */
const lenient = <A>(name: string, read: (value: unknown) => A | undefined): t.Type<A | undefined, unknown, unknown> =>
  new t.Type(
    name,
    (value): value is A | undefined => value === undefined || read(value) !== undefined,
    (value) => t.success(read(value)),
    t.identity,
  );

/**
 * Longest id of the vendor's that is used as one. An id becomes a key of a table, an attribute or a partition, and one
 * that the table refuses would take its neighbours in the same write along.
 */
const longestId = 256;

const isId = (text: string): boolean => text !== "" && text.length <= longestId && text.isWellFormed();

const Id = lenient("Id", (value) => (typeof value === "string" && isId(value) ? value : undefined));
/** For texts that are compared or hashed, and never kept as they are. */
const Text = lenient("Text", (value) => (typeof value === "string" && value !== "" ? value : undefined));
/** The fields that Floodgate reads of an `eventBody`, or of a short form. Which times are plausible is told later. */
const Body = t.type(
  {
    type: Text,
    eventTime: t.unknown,
    timestamp: t.unknown,
    conversationId: Id,
    contactId: Id,
    id: Id,
    queueId: Id,
    userId: Id,
    participantId: Id,
    answeredUserId: Id,
    attributes: lenient("Attributes", (value) => (t.UnknownRecord.is(value) ? value : undefined)),
  },
  "Body",
);
type Body = t.TypeOf<typeof Body>;

const Envelope = t.type(
  { "detail-type": t.string, detail: t.UnknownRecord, id: Text, time: t.unknown, "replay-name": Text },
  "EventBridge envelope",
);

const Detail = t.type({ eventBody: t.UnknownRecord }, "Genesys detail");

/** The short form that some organisations put on the bus, or straight into the queue, for "entered a queue". */
const BareQueueEntry = t.type({ type: t.literal("routing.queued") }, "routing.queued");

interface View {
  /** What the event's type is told from. */
  readonly name: string;
  /** As received; of a bare form its `type`. */
  readonly detailType: string;
  readonly body: Body;
  readonly bodyText: string | undefined;
  /** When the body says that it happened; undefined where that cannot be. */
  readonly eventTime: Instant | undefined;
  /** When it was published, by the vendor and by the bus. */
  readonly timestamp: Instant | undefined;
  readonly time: Instant | undefined;
  readonly envelopeId: string | undefined;
  readonly replayName: string | undefined;
}

/** Only a short form says by its `type` what it is: in a Genesys body a member of that name is one like any other. */
const nameOf = (detailType: string, body: Body, isShortForm: boolean): string =>
  isShortForm && body.type === "routing.queued" ? body.type : detailType;

const viewOfEnvelope = (
  { body: text, receivedAt }: Message,
  envelope: t.TypeOf<typeof Envelope>,
): E.Either<t.Errors, View> => {
  const detail = Detail.decode(envelope.detail);
  const path = E.isRight(detail) ? ["detail", "eventBody"] : ["detail"];
  return pipe(
    Body.decode(E.isRight(detail) ? detail.right.eventBody : envelope.detail),
    E.map((body) => ({
      name: nameOf(envelope["detail-type"], body, E.isLeft(detail)),
      detailType: envelope["detail-type"],
      body,
      bodyText: memberText(text, path),
      eventTime: plausibleInstant(body.eventTime, receivedAt),
      timestamp: plausibleInstant(envelope.detail["timestamp"], receivedAt),
      time: plausibleInstant(envelope.time, receivedAt),
      envelopeId: envelope.id,
      replayName: envelope["replay-name"],
    })),
  );
};

const viewOfBare = (
  { body: text, receivedAt }: Message,
  value: t.TypeOf<typeof BareQueueEntry>,
): E.Either<t.Errors, View> =>
  pipe(
    Body.decode(value),
    E.map((body) => ({
      name: value.type,
      detailType: value.type,
      body,
      bodyText: text,
      eventTime: plausibleInstant(body.eventTime, receivedAt),
      timestamp: plausibleInstant(body.timestamp, receivedAt),
      time: undefined,
      envelopeId: undefined,
      replayName: undefined,
    })),
  );

const viewOf = (message: Message, value: unknown): E.Either<t.Errors, View> =>
  pipe(
    Envelope.decode(value),
    E.fold(
      () =>
        pipe(
          BareQueueEntry.decode(value),
          E.flatMap((bare) => viewOfBare(message, bare)),
        ),
      (envelope) => viewOfEnvelope(message, envelope),
    ),
  );

/**
 * Whether the body says when it happened, judged without the time of receipt: the same event keeps its key, whenever it
 * comes again. A zero says nothing, and two events that both have it may well be equal.
 */
const isDated = ({ body }: View): boolean => plausibleInstant(body.eventTime, Number.POSITIVE_INFINITY) !== undefined;

/** A conversation is created once, so its id is the event's own; an update of it may come again with equal content. */
const hasOwnIdentity = (view: View): boolean =>
  isDated(view) || (view.name === "Conversation:Created" && view.body.id !== undefined);

const identityOf = (message: Message, view: View): Identity => {
  if (hasOwnIdentity(view) && view.bodyText !== undefined) {
    return { _tag: "Body", detailType: view.detailType, text: view.bodyText };
  }
  return view.envelopeId === undefined
    ? { _tag: "Message", messageId: message.messageId }
    : { _tag: "Envelope", id: view.envelopeId };
};

/** Only the short forms name their user among the attributes; elsewhere attributes are the customer's own. */
const userIdOf = ({ body }: View, type: EventType): string | undefined => {
  const named = type === "conversation" ? body.attributes?.["userId"] : undefined;
  return body.userId ?? body.answeredUserId ?? (typeof named === "string" && isId(named) ? named : undefined);
};

const conversationIdOf = ({ body }: View, type: EventType): string | undefined =>
  body.conversationId ?? body.contactId ?? (type === "conversation" ? body.id : undefined);

/** EventBridge writes a replay's name into the events that it sends again; `floodgate replay --force` gives this one. */
const forcedReplay = "floodgate-force-";

const toEvent = (message: Message, view: View): GenesysEvent => {
  const type = eventTypeOf(view.name);
  return {
    key: eventKeyOf(identityOf(message, view)),
    message,
    type,
    eventTime: view.eventTime ?? view.timestamp ?? view.time ?? message.receivedAt,
    conversationId: conversationIdOf(view, type),
    queueId: view.body.queueId,
    userId: userIdOf(view, type),
    participantId: view.body.participantId,
    ...(view.replayName?.startsWith(forcedReplay) === true ? { isForced: true } : {}),
  };
};

const notAnEvent = (): Malformed => ({
  _tag: "Malformed",
  reason: "neither an EventBridge envelope with detail-type and detail nor a routing.queued event",
});

const parse = (text: string): E.Either<Malformed, unknown> =>
  pipe(
    parseJson(text),
    E.fromPredicate(
      (value) => value !== undefined,
      (): Malformed => ({ _tag: "Malformed", reason: "not JSON" }),
    ),
  );

/** Makes an event of a message, or says why it is none. Unknown fields, enum values and topics pass through untouched. */
export const decodeMessage = (message: Message): E.Either<Malformed, GenesysEvent> =>
  pipe(
    parse(message.body),
    E.flatMap((value) => pipe(viewOf(message, value), E.mapLeft(notAnEvent))),
    E.map((view) => toEvent(message, view)),
  );
