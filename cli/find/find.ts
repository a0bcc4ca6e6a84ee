import { type Command, exitCode, readOptions, UsageError } from "../command.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { complain, number, paint, plain, progressLine, say } from "../terminal.ts";
import { findEvent } from "./find-event.ts";
import type { FoundEvent } from "./found-event.ts";

const line = (name: string, value: string | number | null): ReadonlyArray<string> =>
  value === null || value === "" ? [] : [`    ${name.padEnd(12)} ${plain(String(value))}`];

const words: Partial<Record<FoundEvent["outcome"], string>> = { setAside: "set aside" };

const colours = {
  delivered: "green",
  setAside: "yellow",
  dropped: "yellow",
  retrying: "yellow",
  parked: "red",
} as const;

const show = (event: FoundEvent): string =>
  [
    `  ${paint(colours[event.outcome], words[event.outcome] ?? event.outcome)}  ${plain(event.type)}  ${event.eventTime}`,
    ...line("received", event.receivedAt),
    ...line("handed over", event.deliveredAt),
    ...line("lies under", event.prefix),
    ...line("admission", event.decision),
    ...line("failed", event.reason),
    ...line("attempts", event.attempts),
    ...line("next attempt", event.nextAt),
    ...line("key", event.key),
    ...line("messageId", event.messageId),
  ].join("\n");

/** What no table knows any more lies in S3, under its type and date. */
const athenaQuery = (wanted: string): string =>
  `SELECT line FROM events WHERE dt >= '<yyyy-MM-dd>' AND strpos(line, '${wanted.replaceAll("'", "''")}') > 0   -- or late_events`;

const notFound = (wanted: string, { outputs }: Stack): string =>
  [
    `Nothing is known of ${wanted}.`,
    "  It was not received, is still in the buffer (npx floodgate status), or was handed over more than 35 days ago:",
    `  ${athenaQuery(wanted)}`,
    `  (bucket ${outputs.bucketName})`,
  ].join("\n");

export const command: Command = {
  summary: "tell everything that happened to a conversation or an event",
  help: `
Usage: npx floodgate find <conversation id | event id | event key | messageId> (--stack NAME | --outputs FILE) [--json]

Received, handed over to Firehose and under which prefix, set aside and why, retrying (attempts, next) or parked. Exact
for events of the last 35 days. Searches the objects of failed chunks, so it takes longer while there are many. Exit
code 1 when nothing is known.

${stackHelp}
  --json            {"wanted", "events": [...]}

Example: npx floodgate find 5d4f0c7a-0000-4000-8000-000000000001 --stack prod
`,
  run: async ([wanted, ...args]) => {
    if (wanted === undefined || wanted.startsWith("--")) throw new UsageError("name what to find: floodgate find <id>");
    const options = readOptions(args, stackOptions);
    const stack = await openStack(options);
    const progress = progressLine();
    const events = await findEvent(stack, wanted, {
      onProgress: (searched, of) => progress.show(`searched ${number(searched)} of ${number(of)} failed chunks`),
    }).finally(progress.clear);
    if (options.json) say(JSON.stringify({ wanted, events }));
    else if (events.length === 0) complain(notFound(wanted, stack));
    else say(events.map(show).join("\n\n"));
    return events.length === 0 ? exitCode.failed : exitCode.done;
  },
};
