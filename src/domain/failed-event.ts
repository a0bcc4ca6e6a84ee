import * as t from "io-ts";
import type { FailureClass } from "./failure.ts";
import { type Instant, toDate } from "./instant.ts";

/** One line of a failed chunk: everything needed to bring the event back, or to say why it stays. */
export const FailedEvent = t.intersection(
  [
    t.strict({
      v: t.literal(1),
      messageId: t.string,
      /** When the buffer accepted it, epoch milliseconds. */
      receivedAt: t.number,
      reason: t.string,
      attempts: t.number,
      /** The message's text as received, whatever it is. */
      body: t.string,
    }),
    t.partial({ key: t.string, detail: t.string }),
  ],
  "FailedEvent",
);
export type FailedEvent = t.TypeOf<typeof FailedEvent>;

/** A failed chunk holds at most this, so that bringing one back fits one PutRecordBatch. */
export const failedChunkLimits = { count: 500, bytes: 4 * 1024 * 1024 };

/** The index item of a failed chunk: at most 1 KB, one write unit. */
export interface FailedChunk {
  readonly chunkId: string;
  readonly status: "parked";
  readonly reason: FailureClass;
  readonly object: string;
  readonly events: number;
  readonly createdAt: Instant;
}

export const failedObjectName = (chunkId: string, createdAt: Instant): string =>
  `failed/${toDate(createdAt)}/${chunkId}.jsonl.gz`;
