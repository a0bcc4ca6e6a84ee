import { counted, duration, paint, plain } from "../terminal.ts";
import { outcomeText } from "./event-text.ts";
import type { FoundEvent } from "./found-event.ts";
import { type Timeline, type TimelineRow, talkingIn, waitingIn } from "./timeline.ts";

const barWidth = 32;
const indent = "  ";

const looks = {
  customer: { sign: "─", colour: "dim" },
  flow: { sign: "─", colour: "dim" },
  queue: { sign: "░", colour: "yellow" },
  agent: { sign: "█", colour: "green" },
  other: { sign: "·", colour: "dim" },
} as const;

const ringing = "▒";

/** A row's time on the conversation's; an agent's ringing before its talking. */
const barOf = ({ from: begin, to: end }: Timeline, row: TimelineRow): string => {
  const at = (instant: number): number => Math.round(((instant - begin) / Math.max(1, end - begin)) * barWidth);
  const { sign, colour } = looks[row.part];
  const left = Math.min(at(row.from), barWidth - 1);
  const width = Math.max(1, at(row.to) - left);
  const untilAnswer = row.answeredAt === null ? width : Math.min(width, at(row.answeredAt) - left);
  const rang = row.part === "agent" ? untilAnswer : 0;
  const text = ringing.repeat(rang) + sign.repeat(width - rang);
  return `${" ".repeat(left)}${paint(colour, text)}${" ".repeat(Math.max(0, barWidth - left - width))}`;
};

const nameOf = ({ part, queueId, userId, participantId }: TimelineRow): string => {
  const id = part === "agent" ? userId : part === "queue" ? queueId : part === "other" ? participantId : null;
  return id === null ? part : `${part} ${plain(id)}`;
};

const has = ({ events }: TimelineRow, type: string): boolean => events.some((event) => event.type === type);

const agentText = (row: TimelineRow): string => {
  const length = duration(row.to - row.from);
  if (row.answeredAt !== null)
    return `talked ${duration(talkingIn(row))}, after ${duration(row.answeredAt - row.from)} of ringing`;
  if (!has(row, "user.end")) return `rings, and nothing says how that ended`;
  return row.queueId === null ? `was asked for ${length}` : `rang ${length}, not answered`;
};

const queueText = (row: TimelineRow): string => {
  if (!has(row, "acd.end")) return "waits, and nothing says how that ended";
  const isAnswered = row.events.some(({ type, userId }) => type === "acd.end" && userId !== null);
  return `waited ${duration(waitingIn(row))}, ${isAnswered ? "answered" : "left without an answer"}`;
};

const tellOf = (row: TimelineRow): string => {
  if (row.part === "queue") return queueText(row);
  if (row.part === "agent") return agentText(row);
  return row.to === row.from ? "" : duration(row.to - row.from);
};

/** What became of an event, and why where it was not simply delivered. */
const fateOf = (event: FoundEvent): string => {
  const why = [event.decision === "admitted" ? null : event.decision, event.reason].filter((each) => each !== null);
  return why.length === 0 ? outcomeText(event) : `${outcomeText(event)} (${plain(why.join(", "))})`;
};

const eventWords = (event: FoundEvent): string => `${plain(event.type)} ${plain(event.eventTime.slice(11, 19))}`;

/** A line for each fate that events of the row have. */
const fateLines = ({ events }: TimelineRow): ReadonlyArray<string> =>
  [...Map.groupBy(events, fateOf)].map(([fate, alike]) => `${indent}    ${fate}  ${alike.map(eventWords).join(", ")}`);

const rowText = (timeline: Timeline, row: TimelineRow, width: number): ReadonlyArray<string> => [
  `${indent}${nameOf(row).padEnd(width)}  ${barOf(timeline, row)}  ${tellOf(row)}`.trimEnd(),
  ...fateLines(row),
];

const missingText = ({ missing }: Timeline): ReadonlyArray<string> =>
  missing.length === 0
    ? [`${indent}Complete: whatever began has an end.`]
    : ["Missing", ...missing.map((each) => `${indent}${plain(each)}`)];

/** A conversation's parts as bars on its time, each with its events and what became of them. */
export const timelineText = (wanted: string, timeline: Timeline): string => {
  const { rows, from, to } = timeline;
  const events = rows.reduce((sum, row) => sum + row.events.length, 0);
  const width = Math.max(...rows.map((row) => nameOf(row).length));
  return [
    `Conversation ${plain(wanted)}`,
    `${indent}${new Date(from).toISOString().slice(0, 19).replace("T", " ")} UTC, ${duration(to - from)}, ${counted(events, "event")}: ` +
      `waited ${duration(timeline.waitingMilliseconds)}, talked ${duration(timeline.talkingMilliseconds)}`,
    "",
    ...rows.flatMap((row) => rowText(timeline, row, width)),
    "",
    ...missingText(timeline),
  ].join("\n");
};
