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

/** Whose row it is, with the id that tells it from others of its kind. */
export const rowName = ({ part, queueId, userId, participantId }: TimelineRow): string => {
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

/** What happened in a row, in words; empty for a single moment. */
export const rowTells = (row: TimelineRow): string => {
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
  `${indent}${rowName(row).padEnd(width)}  ${barOf(timeline, row)}  ${rowTells(row)}`.trimEnd(),
  ...fateLines(row),
];

/** Their messageId, because there is nothing else by which to ask for one. */
const undatedText = ({ undated }: Timeline): ReadonlyArray<string> =>
  undated.length === 0
    ? []
    : [
        "Without a time",
        ...undated.map((event) => `${indent}${fateOf(event)}  messageId ${plain(event.messageId)}`),
        "",
      ];

const missingText = ({ missing }: Timeline): ReadonlyArray<string> =>
  missing.length === 0
    ? [`${indent}Complete: whatever began has an end.`]
    : ["Missing", ...missing.map((each) => `${indent}${plain(each)}`)];

/** When it began, how long it took, how many events there are of it, and what it waited and talked. */
export const timelineSummary = ({ rows, from, to, waitingMilliseconds, talkingMilliseconds }: Timeline): string => {
  const events = rows.reduce((sum, row) => sum + row.events.length, 0);
  const began = new Date(from).toISOString().slice(0, 19).replace("T", " ");
  return (
    `${began} UTC, ${duration(to - from)}, ${counted(events, "event")}: ` +
    `waited ${duration(waitingMilliseconds)}, talked ${duration(talkingMilliseconds)}`
  );
};

/** A conversation's parts as bars on its time, each with its events and what became of them. */
export const timelineText = (wanted: string, timeline: Timeline): string => {
  const width = Math.max(...timeline.rows.map((row) => rowName(row).length));
  return [
    `Conversation ${plain(wanted)}`,
    `${indent}${timelineSummary(timeline)}`,
    "",
    ...timeline.rows.flatMap((row) => rowText(timeline, row, width)),
    "",
    ...undatedText(timeline),
    ...missingText(timeline),
  ].join("\n");
};
