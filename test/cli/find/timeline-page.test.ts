import { expect, it } from "vitest";
import type { Timeline, TimelineRow } from "../../../cli/find/timeline.ts";
import { timelinePage } from "../../../cli/find/timeline-page.ts";

const row = (given: Partial<TimelineRow>): TimelineRow => ({
  part: "agent",
  participantId: "p",
  queueId: null,
  userId: "u",
  from: 0,
  to: 100,
  answeredAt: null,
  events: [],
  ...given,
});

const timeline = (...rows: ReadonlyArray<TimelineRow>): Timeline => ({
  from: 0,
  to: 200,
  rows,
  undated: [],
  waitingMilliseconds: 0,
  talkingMilliseconds: 0,
  missing: [],
});

it("a conversation is drawn in percent of its time, and of an agent what rang and was not talked", () => {
  const { rows } = timelinePage(
    timeline(
      row({ answeredAt: 25 }),
      // Who never answered has rung all the while.
      row({ from: 50, to: 150 }),
      row({ part: "queue", userId: null, from: 0, to: 200 }),
      row({ from: 200, to: 200, answeredAt: 200 }),
    ),
  );
  expect(rows.map(({ part, left, width, rang }) => [part, left, width, rang])).toStrictEqual([
    ["agent", 0, 50, 25],
    ["agent", 25, 50, 100],
    ["queue", 0, 100, 0],
    ["agent", 100, 0, 0],
  ]);
});
