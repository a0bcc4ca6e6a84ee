import { envelopeText } from "../models/bus.ts";
import { randomId } from "../text.ts";
import type { Random } from "./draw-script.ts";
import type { CustomerSession, MediaType, QueueEntry, Script, Talk, Unanswered } from "./script.ts";

/* The events that Genesys publishes of a conversation, in the shapes of test/samples/genesys. */

const organisation = "11111111-2222-4333-8444-555555555555";
export const source = `aws.partner/genesys.com/cloud/${organisation}/routing-events-dev`;
const division = "d0000001-0000-4000-8000-000000000001";
const flowId = "f0000001-0000-4000-8000-000000000001";
const wrapupCode = "30000001-0000-4000-8000-000000000001";

/** An event of a conversation, and when it happened in epoch milliseconds. */
export interface ScriptEvent {
  readonly at: number;
  readonly topic: string;
  readonly text: string;
}

/** Who took part: each participant has an id and a session. */
interface Participant {
  readonly participantId: string;
  readonly sessionId: string;
}

type Body = Readonly<Record<string, unknown>>;
type Tell = (at: number, topic: string, who: Participant, body: Body) => void;

const providers: Readonly<Record<MediaType, string>> = {
  VOICE: "Edge",
  MESSAGE: "PureCloud Messaging",
  CALLBACK: "PureCloud Callback",
};

const participant = (random: Random): Participant => ({ participantId: randomId(random), sessionId: randomId(random) });

const common = ({ ani }: Script, mediaType: MediaType): Body => ({
  mediaType,
  provider: providers[mediaType],
  direction: "INBOUND",
  ...(mediaType === "VOICE" ? { ani, dnis: "tel:+12025550100" } : {}),
  ...(mediaType === "MESSAGE" ? { messageType: "WEBMESSAGING" } : {}),
});

/** Genesys publishes an event some hundred milliseconds after it happened. */
const publishedAfter = 320;

const eventText = (random: Random, id: string, at: number, topic: string, body: Body): string =>
  envelopeText({
    id: randomId(random),
    detailType: `v2.detail.events.conversation.{id}.${topic}`,
    source,
    time: at,
    detail: JSON.stringify({
      topicName: `v2.detail.events.conversation.${id}.${topic}`,
      version: "2",
      eventBody: { eventTime: at, conversationId: id, ...body },
      metadata: { CorrelationId: randomId(random) },
      timestamp: new Date(at + publishedAfter).toISOString(),
    }),
  });

const tellUnanswered = (tell: Tell, agent: Participant, { user, from, to }: Unanswered, body: Body): void => {
  tell(from, "user.start", agent, { ...body, userId: user, divisionId: division });
  tell(to, "user.end", agent, {
    ...body,
    disconnectType: "NO_ANSWER_TRANSFER",
    userId: user,
    divisionId: division,
    alertingDurationMs: to - from,
  });
};

const tellConsult = (tell: Tell, colleague: Participant, { user, from, to }: Unanswered, body: Body): void => {
  tell(from, "user.start", colleague, { ...body, direction: "OUTBOUND", userId: user, divisionId: division });
  tell(to, "user.end", colleague, {
    ...body,
    direction: "OUTBOUND",
    disconnectType: "PEER",
    userId: user,
    divisionId: division,
    interactingDurationMs: to - from,
  });
};

const tellTalk = (tell: Tell, agent: Participant, talk: Talk, body: Body): void => {
  const { user: userId, from, answeredAt, to, heldMilliseconds, wrapupMilliseconds } = talk;
  tell(from, "user.start", agent, { ...body, userId, divisionId: division });
  tell(to, "user.end", agent, {
    ...body,
    disconnectType: talk.isTransferred ? "TRANSFER" : "PEER",
    userId,
    divisionId: division,
    interactingDurationMs: to - answeredAt - heldMilliseconds,
    ...(heldMilliseconds > 0 ? { heldDurationMs: heldMilliseconds } : {}),
    alertingDurationMs: answeredAt - from,
  });
  const written = { ...body, wrapupCode, wrapupDurationMs: wrapupMilliseconds };
  tell(to + wrapupMilliseconds, "wrapup", agent, written);
  tell(to + wrapupMilliseconds, "acw", agent, { ...written, userId });
};

const acdEnd = ({ outcome, from, to, talk }: QueueEntry): Body => ({
  disconnectType: outcome === "ABANDON" ? "CLIENT" : "TRANSFER",
  divisionId: division,
  acdOutcome: outcome,
  ...(talk === undefined
    ? {}
    : { answeredUserId: talk.user, requestedRoutings: ["STANDARD"], usedRouting: "STANDARD" }),
  routingPriority: 0,
  connectedDurationMs: to - from,
});

const tellEntry = (tell: Tell, random: Random, script: Script, entry: QueueEntry): void => {
  const body = { ...common(script, entry.mediaType), queueId: entry.queue };
  const acd = participant(random);
  tell(entry.from, "acd.start", acd, { ...body, divisionId: division, routingPriority: 0 });
  for (const each of entry.unanswered) tellUnanswered(tell, participant(random), each, body);
  tell(entry.to, "acd.end", acd, { ...body, ...acdEnd(entry) });
  if (entry.talk === undefined) return;
  tellTalk(tell, participant(random), entry.talk, body);
  const { consult } = entry.talk;
  if (consult !== undefined) tellConsult(tell, participant(random), consult, common(script, entry.mediaType));
};

const tellFlow = (tell: Tell, random: Random, script: Script, session: CustomerSession): void => {
  const { flow, mediaType, entries } = session;
  if (flow === undefined) return;
  const who = participant(random);
  const flowType = mediaType === "MESSAGE" ? "INBOUNDSHORTMESSAGE" : "INBOUNDCALL";
  const body = { ...common(script, mediaType), flowType, flowId, divisionId: division, flowVersion: "12.0" };
  tell(flow.from, "flow.start", who, body);
  const isHandedOn = entries.length > 0;
  tell(flow.to, "flow.end", who, {
    ...body,
    disconnectType: isHandedOn ? "TRANSFER" : "CLIENT",
    connectedDurationMs: flow.to - flow.from,
    exitReason: isHandedOn ? "TRANSFER" : "DISCONNECT",
    ...(isHandedOn ? { transferType: "ACD" } : {}),
  });
};

const tellSession = (tell: Tell, random: Random, script: Script, session: CustomerSession): void => {
  const { mediaType, from, to, entries } = session;
  const body = { ...common(script, mediaType), divisionId: division };
  const customer = participant(random);
  tell(from, "customer.start", customer, body);
  tellFlow(tell, random, script, session);
  for (const entry of entries) tellEntry(tell, random, script, entry);
  const isLeft = entries.at(-1)?.talk === undefined;
  tell(to, "customer.end", customer, {
    ...body,
    disconnectType: isLeft ? "CLIENT" : "PEER",
    interactingDurationMs: to - from,
  });
};

/** All events of a conversation, in the order of their times. */
export const scriptEvents = (random: Random, script: Script): ReadonlyArray<ScriptEvent> => {
  const events: ScriptEvent[] = [];
  const tell: Tell = (at, topic, who, body) => {
    events.push({ at, topic, text: eventText(random, script.id, at, topic, { ...who, ...body }) });
  };
  for (const session of script.sessions) tellSession(tell, random, script, session);
  return events.toSorted((a, b) => a.at - b.at);
};
