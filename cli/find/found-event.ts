import type { Decision } from "../../src/admission/admission-log.ts";

/** One event of what was asked for, and everything that is known of it. Times in ISO 8601. */
export interface FoundEvent {
  readonly key: string;
  readonly type: string;
  readonly eventTime: string;
  /** Null where it has none. */
  readonly conversationId: string | null;
  /** Null where it says none, and of what Firehose gave up on. */
  readonly participantId: string | null;
  readonly queueId: string | null;
  readonly userId: string | null;
  readonly outcome: "delivered" | "setAside" | "dropped" | "retrying" | "parked";
  /** Copy that was handed over, or that waits. */
  readonly messageId: string;
  readonly receivedAt: string | null;
  readonly deliveredAt: string | null;
  /** Where in the bucket a delivered event lies. */
  readonly prefix: string | null;
  readonly decision: Decision | null;
  /** Of a failed event: why, how often it was tried, and when next. */
  readonly reason: string | null;
  readonly attempts: number | null;
  readonly nextAt: string | null;
}
