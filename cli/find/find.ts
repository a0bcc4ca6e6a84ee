import { type Command, exitCode, readOptions, UsageError } from "../command.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { complain, number, progressLine, say } from "../terminal.ts";
import { eventText } from "./event-text.ts";
import { findEvent } from "./find-event.ts";
import type { FoundEvent } from "./found-event.ts";
import { type Timeline, timelineOf } from "./timeline.ts";
import { timelineText } from "./timeline-text.ts";

/** What no table knows any more lies in S3, under its type and date. SQL, not a command: a shell would read the id. */
const queryFor = (wanted: string): string =>
  `SELECT dt, line FROM every_copy WHERE dt >= '<yyyy-MM-dd>' AND strpos(line, '${wanted.replaceAll("'", "''")}') > 0`;

const notFound = (wanted: string, { outputs }: Stack): string =>
  [
    `Nothing is known of ${wanted}.`,
    "  It was not received, is still in the buffer (npx floodgate status), or was handed over more than 35 days ago:",
    "  then npx floodgate query finds it:",
    `  ${queryFor(wanted)}`,
    `  (bucket ${outputs.bucketName})`,
  ].join("\n");

/** Only a conversation has a timeline: an event that was asked for by an id of its own is told by itself. */
const timelineFor = (wanted: string, events: ReadonlyArray<FoundEvent>): Timeline | undefined =>
  events.some(({ conversationId }) => conversationId === wanted) ? timelineOf(events) : undefined;

const foundText = (wanted: string, events: ReadonlyArray<FoundEvent>, hasDetails: boolean): string => {
  const timeline = timelineFor(wanted, events);
  const details = events.map(eventText).join("\n\n");
  if (timeline === undefined) return details;
  return hasDetails ? `${timelineText(wanted, timeline)}\n\n${details}` : timelineText(wanted, timeline);
};

export const command: Command = {
  summary: "tell a conversation as a timeline, or all that happened to an event",
  help: `
Usage: npx floodgate find <conversation id | event id | event key | messageId> (--stack NAME | --outputs FILE)
                          [--details] [--json]

A conversation as a timeline: its customer, queues and agents, waiting and talking as bars, each event with what became
of it (delivered, set aside and why, retrying, parked), and what is missing from a complete conversation. Exact for
events of the last 35 days. Searches the objects of failed chunks, so it takes longer while there are many. Exit code 1
when nothing is known.

${stackHelp}
  --details         also of each event when it was received and handed over, under which prefix it lies, its key, its
                    messageId, attempts and the next one (of a single event always)
  --json            {"wanted", "events": [...], "timeline": {...} or null}

Example: npx floodgate find 5d4f0c7a-0000-4000-8000-000000000001 --stack prod
`,
  run: async ([wanted, ...args]) => {
    if (wanted === undefined || wanted.startsWith("--")) throw new UsageError("name what to find: floodgate find <id>");
    const options = readOptions(args, { ...stackOptions, details: { type: "boolean" } });
    const stack = await openStack(options);
    const progress = progressLine();
    const events = await findEvent(stack, wanted, {
      onProgress: (searched, of) => progress.show(`searched ${number(searched)} of ${number(of)} failed chunks`),
    }).finally(progress.clear);
    if (options.json) say(JSON.stringify({ wanted, events, timeline: timelineFor(wanted, events) ?? null }));
    else if (events.length === 0) complain(notFound(wanted, stack));
    else say(foundText(wanted, events, options.details === true));
    return events.length === 0 ? exitCode.failed : exitCode.done;
  },
};
