import type { FoundEvent } from "./found-event.ts";
import type { Timeline, TimelineRow } from "./timeline.ts";
import { rowName, rowTells, timelineSummary } from "./timeline-text.ts";

/** A conversation as the live page draws it; places and widths in percent of its time. */
export interface TimelinePage {
  readonly summary: string;
  readonly rows: ReadonlyArray<{
    readonly name: string;
    readonly part: TimelineRow["part"];
    readonly left: number;
    readonly width: number;
    /** Of its width, what rang and was not talked. */
    readonly rang: number;
    readonly tells: string;
    readonly events: ReadonlyArray<Pick<FoundEvent, "type" | "eventTime" | "outcome" | "decision" | "reason">>;
  }>;
  /** Events without a time. */
  readonly undated: ReadonlyArray<Pick<FoundEvent, "messageId" | "outcome" | "reason">>;
  readonly missing: ReadonlyArray<string>;
}

const rangOf = ({ part, answeredAt, from, to }: TimelineRow): number => {
  if (part !== "agent") return 0;
  return answeredAt === null ? 100 : ((answeredAt - from) / Math.max(1, to - from)) * 100;
};

export const timelinePage = (timeline: Timeline): TimelinePage => {
  const share = (milliseconds: number): number => (milliseconds / Math.max(1, timeline.to - timeline.from)) * 100;
  return {
    summary: timelineSummary(timeline),
    undated: timeline.undated.map(({ messageId, outcome, reason }) => ({ messageId, outcome, reason })),
    missing: timeline.missing,
    rows: timeline.rows.map((row) => ({
      name: rowName(row),
      part: row.part,
      left: share(row.from - timeline.from),
      width: share(row.to - row.from),
      rang: rangOf(row),
      tells: rowTells(row),
      events: row.events.map(({ type, eventTime, outcome, decision, reason }) => ({
        type,
        eventTime,
        outcome,
        decision,
        reason,
      })),
    })),
  };
};
