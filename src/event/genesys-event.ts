import type { Instant } from "../time/instant.ts";
import type { EventKey } from "./event-key.ts";
import type { EventType } from "./event-type.ts";
import type { Message } from "./message.ts";

/** What the pipeline knows about one copy of a Genesys event. */
export interface GenesysEvent {
  readonly key: EventKey;
  /** The copy as received. Its body is one JSON object: it is carried along and never written into. */
  readonly message: Message;
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly conversationId: string | undefined;
  readonly queueId: string | undefined;
  readonly userId: string | undefined;
  /** Whose part of the conversation it tells: the customer's, a flow's, a queue's or an agent's. */
  readonly participantId: string | undefined;
  /** Comes out of a replay that is to deliver also what was delivered before. */
  readonly isForced?: true;
}
