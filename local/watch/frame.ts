/*
 * What the live page shows, at one moment. Instants are epoch milliseconds by the cloud's clock, rates are events a
 * second, counts are copies: messages that the buffer accepted. Types only, because the page's own code reads them too.
 */

/** What became of every copy; each term is counted by itself, by messageId, where its copies lie. */
export interface FrameLedger {
  readonly received: number;
  readonly delivered: number;
  /** `dropped`: by a stack that does not store what it sets aside. */
  readonly setAside: { readonly lowPriority: number; readonly rateLimited: number; readonly dropped: number };
  readonly duplicates: number;
  /** By reason. */
  readonly parked: Readonly<Record<string, number>>;
  readonly inFlight: {
    readonly buffer: number;
    /** In the hands of an invocation that has not ended yet. */
    readonly inHand: number;
    readonly firehose: number;
    readonly retrying: number;
  };
  /** Copies that were received and found nowhere, in this frame and in the one before. */
  readonly missing: number;
}

export interface FrameRates {
  readonly received: number;
  readonly read: number;
  readonly handed: number;
  readonly delivered: number;
  readonly aside: number;
  readonly duplicates: number;
  readonly parked: number;
  readonly kept: number;
}

export interface FrameBreaker {
  readonly name: string;
  readonly openedAt: number;
  readonly reason: string;
  readonly by: string;
}

/** A failed chunk that is being retried. */
export interface FrameChunk {
  readonly id: string;
  readonly reason: string;
  readonly events: number;
  readonly attempt: number;
  readonly isCanary: boolean;
  readonly dueAt: number;
  /** When `dueAt` was set, for the length of the countdown. */
  readonly madeAt: number;
}

/** Every so often, for the chart. */
export interface FramePoint {
  readonly at: number;
  readonly received: number;
  readonly delivered: number;
  readonly setAside: number;
  readonly buffer: number;
  readonly firehose: number;
  readonly retrying: number;
}

/** An outage that was switched on, on the time axis; `to` is null while it lasts. */
export interface LoggedOutage {
  readonly name: string;
  readonly describes: string;
  readonly from: number;
  readonly to: number | null;
}

/** A queue's entries of the last quarter of an hour of event time, in bins of 15 seconds. */
export interface FrameQueue {
  readonly id: string;
  readonly name: string;
  readonly priority: number | null;
  /** Entries that a bin admits at most; null: no limit is known, or none is admitted. */
  readonly limit: number | null;
  readonly bins: ReadonlyArray<{ readonly admitted: number; readonly setAside: number }>;
}

export interface FrameEvent {
  readonly messageId: string;
  readonly conversationId: string;
  readonly type: string;
  readonly queue: string | null;
  readonly at: number;
  /** `waits in the buffer`, `in Firehose`, `delivered`, `set aside: ...`, `duplicate`, `parked: ...`, `retrying: ...`. */
  readonly outcome: string;
}

export interface FrameOutage {
  readonly name: string;
  readonly describes: string;
  /** What it does to events, in a sentence. */
  readonly effect: string;
  readonly isOn: boolean;
}

/** The guided outage: the step that has begun last, -1 before it starts, and when each began. */
export interface FrameGuide {
  readonly step: number;
  readonly reachedAt: ReadonlyArray<number>;
}

/** Null where time cannot be changed: in a recording, or with a Genesys elsewhere. */
export interface FramePace {
  readonly speed: number;
  readonly isRunning: boolean;
  readonly achieved: number;
}

export interface Frame {
  readonly at: number;
  readonly ledger: FrameLedger;
  readonly perSecond: FrameRates;
  readonly buffer: { readonly waiting: number; readonly oldestAt: number | null };
  readonly processing: { readonly running: number; readonly ceiling: number; readonly isReading: boolean };
  readonly genesys: { readonly minute: number; readonly allowed: number; readonly rateLimited: number };
  readonly map: { readonly queues: number; readonly checkedAt: number | null };
  readonly breakers: ReadonlyArray<FrameBreaker>;
  readonly chunks: ReadonlyArray<FrameChunk>;
  readonly chunksInAll: number;
  readonly outages: ReadonlyArray<FrameOutage>;
  readonly outageLog: ReadonlyArray<LoggedOutage>;
  /** All that are kept on connecting, then those that are new. */
  readonly points: ReadonlyArray<FramePoint>;
  readonly queues: ReadonlyArray<FrameQueue>;
  readonly events: ReadonlyArray<FrameEvent>;
  readonly guide: FrameGuide;
  readonly pace: FramePace | null;
  /** The share of malformed events, in percent, above which the page calls it bad. */
  readonly malformedPercent: number;
}
