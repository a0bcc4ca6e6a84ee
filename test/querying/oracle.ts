import type { QueueEntry, Script } from "../../local/campaign/script.ts";

/*
 * What the tables have to answer of a campaign, told from its scripts: from what happened, and not from any event. Imports
 * nothing of src/ and no SQL.
 */

export interface ExpectedConversation {
  readonly conversation_id: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly media: string;
  readonly queues: string | null;
  readonly users: string | null;
  readonly outcome: string;
  readonly entries: string;
  readonly waiting_ms: string;
  readonly talking_ms: string;
}

const timestamp = (instant: number): string => new Date(instant).toISOString().replace("T", " ").replace("Z", "");

const listed = (texts: ReadonlyArray<string>): string | null =>
  texts.length === 0 ? null : [...new Set(texts)].toSorted().join(", ");

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, each) => all + each, 0);

const entriesOf = ({ sessions }: Script): ReadonlyArray<QueueEntry> => sessions.flatMap(({ entries }) => entries);

const talksOf = (script: Script) => entriesOf(script).flatMap(({ talk }) => talk ?? []);

export const conversationOf = (script: Script): ExpectedConversation => {
  const entries = entriesOf(script);
  const talks = talksOf(script);
  return {
    conversation_id: script.id,
    started_at: timestamp(Math.min(...script.sessions.map(({ from }) => from))),
    ended_at: timestamp(Math.max(...script.sessions.map(({ to }) => to))),
    media: listed(script.sessions.map(({ mediaType }) => mediaType)) ?? "",
    queues: listed(entries.map(({ queue }) => queue)),
    users: listed(talks.map(({ user }) => user)),
    outcome: entries.at(-1)?.outcome ?? "left before a queue",
    entries: String(entries.length),
    waiting_ms: String(sum(entries.map(({ from, to }) => to - from))),
    talking_ms: String(sum(talks.map((talk) => talk.to - talk.answeredAt - talk.heldMilliseconds))),
  };
};

export interface ExpectedInterval {
  readonly queue_id: string;
  readonly interval_start: string;
  readonly offered: string;
  readonly answered: string;
  readonly abandoned: string;
  readonly flowed_out: string;
  readonly transferred: string;
  readonly waiting_total_ms: string;
  readonly waiting_most_ms: string;
  readonly answered_in_time: string;
}

const quarter = 15 * 60_000;

const intervalOf = (
  queue: string,
  start: number,
  entries: ReadonlyArray<QueueEntry>,
  seconds: number,
): ExpectedInterval => {
  const count = (is: (entry: QueueEntry) => boolean): string => String(entries.filter(is).length);
  const waits = entries.map(({ from, to }) => to - from);
  return {
    queue_id: queue,
    interval_start: timestamp(start),
    offered: String(entries.length),
    answered: count(({ outcome }) => outcome === "ANSWERED"),
    abandoned: count(({ outcome }) => outcome === "ABANDON"),
    flowed_out: count(({ outcome }) => outcome === "FLOW_OUT"),
    transferred: count(({ talk }) => talk?.isTransferred === true),
    waiting_total_ms: String(sum(waits)),
    waiting_most_ms: String(Math.max(...waits)),
    answered_in_time: count(({ outcome, from, to }) => outcome === "ANSWERED" && to - from <= seconds * 1000),
  };
};

/** Of each queue in each 15 minutes in which somebody entered it. */
export const intervalsOf = (
  scripts: ReadonlyArray<Script>,
  serviceLevelSeconds: number,
): ReadonlyArray<ExpectedInterval> => {
  const groups = Map.groupBy(
    scripts.flatMap(entriesOf),
    ({ queue, from }) => `${queue} ${Math.floor(from / quarter) * quarter}`,
  );
  return [...groups].map(([name, entries]) => {
    const [queue = "", start = ""] = name.split(" ");
    return intervalOf(queue, Number(start), entries, serviceLevelSeconds);
  });
};
