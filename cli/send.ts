import { setTimeout as pause } from "node:timers/promises";
import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import * as t from "io-ts";
import { simulatedPrefix } from "../infra/event-pattern.ts";
import { burst } from "../local/campaign/burst.ts";
import { chunksWithin } from "../src/text/chunks-within.ts";
import { parseJson } from "../src/text/parse-json.ts";
import { type Command, exitCode, readOptions, wholeNumber } from "./command.ts";
import { readErrorEvents } from "./failed/error-events.ts";
import { listFailedChunks } from "./failed/failed-chunks.ts";
import { findEvent } from "./find/find-event.ts";
import type { FoundEvent } from "./find/found-event.ts";
import type { Input } from "./input/events.ts";
import { inputProblems, readInput } from "./input/input-problems.ts";
import { openStack, type Stack } from "./stack/stack.ts";
import { stackHelp, stackOptions } from "./stack/stack-outputs.ts";
import { bar, complain, counted, number, progressLine, say, table } from "./terminal.ts";

const Envelope = t.type({ source: t.string, "detail-type": t.string, detail: t.UnknownRecord });
type Envelope = t.TypeOf<typeof Envelope>;

/** One PutEvents takes ten entries and 1 MB together. */
const perCall = { count: 10, bytes: 1_000_000 };

const partnerPrefix = /^aws\.partner\/genesys\.com\/cloud\//;

const entryOf = (busName: string, { source, "detail-type": detailType, detail }: Envelope): PutEventsRequestEntry => ({
  EventBusName: busName,
  // Customers may not put events with a partner's source; the rule of a custom bus takes this prefix as well.
  Source: source.replace(partnerPrefix, simulatedPrefix),
  DetailType: detailType,
  Detail: JSON.stringify(detail),
});

const sizeOf = ({ Detail = "", Source = "", DetailType = "" }: PutEventsRequestEntry): number =>
  Buffer.byteLength(Detail) + Source.length + DetailType.length;

interface Sendable {
  readonly envelopes: ReadonlyArray<Envelope>;
  /** What is left out, in lines for a person. */
  readonly leftOut: ReadonlyArray<string>;
}

const generated = (count: number): Sendable => {
  const now = Date.now();
  const texts = burst({ count: 4 * count, seed: now, perMinute: 10_000, start: now }).map(({ text }) => text);
  return { envelopes: texts.map(parseJson).filter(Envelope.is).slice(0, count), leftOut: [] };
};

/** A short form has no source, without which nothing can be put onto a bus. */
const withoutSource = "no source and detail-type, so no bus takes it";

const fromInput = (input: Input): Sendable => {
  const envelopes: Envelope[] = [];
  const others: Input["events"][number][] = [];
  for (const event of input.events) {
    const value = event.problem === undefined ? parseJson(event.text) : undefined;
    if (Envelope.is(value)) envelopes.push(value);
    else others.push(event.problem === undefined ? { ...event, problem: `${event.place}: ${withoutSource}` } : event);
  }
  for (const file of input.ignored) complain(`ignored: ${file}`);
  return { envelopes, leftOut: inputProblems({ events: others, unread: input.unread }, "and not sent") };
};

/** Puts events onto the bus in as few calls as it takes; answers how many of them it refused. */
export const send = async (
  { events, outputs }: Stack,
  envelopes: ReadonlyArray<Envelope>,
  onSent: (sent: number) => void,
): Promise<number> => {
  let refused = 0;
  let sent = 0;
  const entries = envelopes.map((envelope) => entryOf(outputs.busName, envelope));
  for (const chunk of chunksWithin(perCall, sizeOf)(entries)) {
    const answer = await events.send(new PutEventsCommand({ Entries: [...chunk] }));
    refused += answer.FailedEntryCount ?? 0;
    sent += chunk.length;
    onSent(sent);
  }
  return refused;
};

const Body = t.type({ eventBody: t.type({ conversationId: t.string }) });
const Short = t.type({ id: t.string });

const conversationOf = ({ detail }: Envelope): string | undefined => {
  if (Body.is(detail)) return detail.eventBody.conversationId;
  return Short.is(detail) ? detail.id : undefined;
};

const lookEvery = 1_000;

/** Follows conversations until each of them has an outcome, or time is up. */
const follow = async (
  stack: Stack,
  conversations: ReadonlyArray<string>,
  seconds: number,
  onSettled: (settled: number) => void,
): Promise<ReadonlyMap<string, ReadonlyArray<FoundEvent>>> => {
  const settled = new Map<string, ReadonlyArray<FoundEvent>>();
  const until = Date.now() + seconds * 1000;
  while (settled.size < conversations.length && Date.now() < until) {
    const [chunks, errors] = await Promise.all([listFailedChunks(stack), readErrorEvents(stack)]);
    for (const conversation of conversations) {
      if (settled.has(conversation)) continue;
      const found = await findEvent(stack, conversation, { chunks, errors });
      if (found.length > 0 && found.every(({ outcome }) => outcome !== "retrying")) settled.set(conversation, found);
      onSettled(settled.size);
    }
    if (settled.size < conversations.length) await pause(lookEvery);
  }
  return settled;
};

const mostFollowed = 100;

export const command: Command = {
  summary: "put events onto the stack's custom bus, and follow them",
  help: `
Usage: npx floodgate send [--events PATH | --count N] [--wait] (--stack NAME | --outputs FILE) [--json]

Only for a stack with a custom bus: nobody but Genesys can put events onto a partner's bus. The source of recorded
events is rewritten to the test prefix that the rule of a custom bus takes.

  --events PATH     a file or a directory of events, as \`floodgate run\` reads it; exit code 1 if only a part was taken
  --count N         events of a generated campaign (default: 10)
  --wait            follow the conversations (at most ${mostFollowed}) until they have an outcome; exit code 1 if one has none
  --seconds N       how long to follow them (default: 120)
${stackHelp}
  --json            {"sent", "refused", "outcomes", "missing", "leftOut"}

Example: npx floodgate send --count 20 --wait --outputs out/outputs.json
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...stackOptions,
      events: { type: "string" },
      count: { type: "string" },
      wait: { type: "boolean", default: false },
      seconds: { type: "string" },
    });
    const count = wholeNumber("count", options.count, 10);
    const seconds = wholeNumber("seconds", options.seconds, 120);
    const stack = await openStack(options);
    if (stack.outputs.eventSourceName !== "") {
      throw new Error(
        `the stack takes its events from ${stack.outputs.eventSourceName}, and nobody but Genesys can put events onto a ` +
          "partner's bus.\n  -> Send to a stack with floodgate:source {type: custom}; docs/connect-genesys.md, step 5, for this one.",
      );
    }
    const { envelopes, leftOut } =
      options.events === undefined ? generated(count) : fromInput(readInput(options.events));
    const progress = progressLine();
    const refused = await send(stack, envelopes, (sent) =>
      progress.show(`${bar(sent / envelopes.length)} ${number(sent)} of ${number(envelopes.length)} sent`),
    ).finally(progress.clear);
    const conversations = [...new Set(envelopes.flatMap((each) => conversationOf(each) ?? []))].slice(0, mostFollowed);
    const settled = options.wait
      ? await follow(stack, conversations, seconds, (done) =>
          progress.show(
            `${bar(done / conversations.length)} ${number(done)} of ${number(conversations.length)} settled`,
          ),
        ).finally(progress.clear)
      : new Map<string, ReadonlyArray<FoundEvent>>();
    const outcomes: Record<string, number> = {};
    for (const { outcome } of [...settled.values()].flat()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const missing = options.wait ? conversations.filter((conversation) => !settled.has(conversation)) : [];
    if (options.json) say(JSON.stringify({ sent: envelopes.length - refused, refused, outcomes, missing, leftOut }));
    else {
      say(
        `Sent ${counted(envelopes.length - refused, "event")}${refused === 0 ? "" : `, ${number(refused)} were refused`}.`,
      );
      if (options.wait) say(table(Object.entries(outcomes).map(([outcome, events]) => [outcome, number(events)])));
      for (const conversation of missing) complain(`No outcome yet: npx floodgate find ${conversation}`);
    }
    for (const line of leftOut) complain(line);
    const isWhole = leftOut.length === 0 && envelopes.length > 0;
    return isWhole && refused === 0 && missing.length === 0 ? exitCode.done : exitCode.failed;
  },
};
