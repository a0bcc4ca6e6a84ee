import type { Instant } from "../time/instant.ts";
import type { EventKey } from "./event-key.ts";
import type { EventType } from "./event-type.ts";

/** What the pipeline knows about one copy of a Genesys event. The vendor's text is carried along and never written into. */
export interface GenesysEvent {
  readonly key: EventKey;
  readonly messageId: string;
  readonly type: EventType;
  readonly eventTime: Instant;
  readonly receivedAt: Instant;
  readonly conversationId: string | undefined;
  readonly queueId: string | undefined;
  readonly userId: string | undefined;
  /** The event as received: one JSON object. */
  readonly text: string;
  /** Comes out of a replay that is to deliver also what was delivered before. */
  readonly isForced?: true;
}
