import { randomUUID } from "node:crypto";
import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { type Command, exitCode, readOptions, wholeNumber } from "../command.ts";
import { findEvent } from "../find/find-event.ts";
import { mapReader } from "../map/read-map.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { bar, complain, counted, duration, number, paint, progressLine, say, table } from "../terminal.ts";
import { cleanUp, isMalformedParked, recentChunks } from "./clean-up.ts";
import { copySender } from "./copy-sender.ts";
import { type Evidence, judge, type Verdict } from "./judge.ts";
import { lineReader, type Stored } from "./read-lines.ts";
import {
  conversationOf,
  envelopeOf,
  type Ground,
  malformedText,
  type TestEvent,
  testEvents,
  testMembers,
} from "./test-events.ts";

const perCall = 10;

/** A queue whose entries are set aside for its priority, of those that Genesys has; undefined where there is none. */
const lowQueueOf = async ({ outputs }: Stack): Promise<string | undefined> => {
  if (outputs.refreshMachineArn === "") return undefined;
  const map = await mapReader(outputs).map();
  return [...(map?.queues.values() ?? [])].find(({ priority }) => priority < outputs.admission.minPriority)?.id;
};

const groundOf = async (stack: Stack): Promise<Ground> => {
  const { topics, eventSourceName, admission, sourcePrefix, redact } = stack.outputs;
  const hidden = redact.filter((field) => testMembers.some((name) => name.toLowerCase() === field.toLowerCase()));
  if (hidden.length > 0) {
    throw new Error(
      `delivery.redact names ${hidden.join(", ")}, which the test events are told apart by\n` +
        "  -> `npx floodgate send --wait` follows events of your own.",
    );
  }
  return {
    run: randomUUID().slice(0, 8),
    now: Date.now(),
    topics,
    hasBus: eventSourceName === "",
    source: `${sourcePrefix}verify`,
    // An unknown queue that is not admitted has low priority, and no limit to try.
    admission: { enabled: admission.enabled && admission.unknownQueue === "admit", limit: admission.limit },
    lowQueue: await lowQueueOf(stack),
  };
};

const putOnBus = async ({ events, outputs }: Stack, source: string, sent: ReadonlyArray<TestEvent>): Promise<void> => {
  const entries = sent.map(({ detailType, detail }) => ({
    EventBusName: outputs.busName,
    Source: source,
    DetailType: detailType,
    Detail: detail,
  }));
  for (let at = 0; at < entries.length; at += perCall) {
    const { FailedEntryCount = 0 } = await events.send(
      new PutEventsCommand({ Entries: entries.slice(at, at + perCall) }),
    );
    if (FailedEntryCount > 0) throw new Error(`the bus ${outputs.busName} refused ${FailedEntryCount} events`);
  }
};

const putIntoBuffer = async ({ sqs, outputs }: Stack, texts: ReadonlyArray<string>): Promise<void> => {
  for (const MessageBody of texts) await sqs.send(new SendMessageCommand({ QueueUrl: outputs.bufferUrl, MessageBody }));
};

const send = async (stack: Stack, ground: Ground, events: ReadonlyArray<TestEvent>): Promise<void> => {
  const isOfBus = ({ door }: TestEvent): boolean => door === "bus";
  await putOnBus(stack, ground.source, events.filter(isOfBus));
  const others = events.filter((event) => !isOfBus(event));
  await putIntoBuffer(
    stack,
    others.map((event) => envelopeOf(event, ground, randomUUID())),
  );
};

interface Watched {
  readonly evidence: Evidence;
  readonly stored: Stored;
}

/** Looks at everything that may know of our events. */
const watcher = (stack: Stack, { run, now }: Ground) => {
  const conversation = conversationOf(run);
  const readLines = lineReader(stack, conversation, now);
  return async (): Promise<Watched> => {
    const chunks = await recentChunks(stack, now);
    // What Firehose gives up on is not searched: it shows as not in S3.
    const found = await findEvent(stack, conversation, { chunks, errors: [] });
    const stored = await readLines(new Set(found.flatMap(({ prefix }) => prefix ?? [])));
    const isParked = await isMalformedParked(stack, chunks, run);
    return { evidence: { found, lines: stored.lines, isMalformedParked: isParked }, stored };
  };
};

const show = (verdicts: ReadonlyArray<Verdict>): string =>
  table([
    ["scene", "events", "expected", "found", ""],
    ...verdicts.map(({ scene, events, expected, found, isRight }) => [
      scene,
      number(events),
      expected,
      found,
      isRight ? "right" : "WRONG",
    ]),
  ]);

/** What to look at first, by how far the events have come. */
const advice = ({ found: known, lines, isMalformedParked: isParked }: Evidence): string => {
  const found = known.filter(({ deliveredAt, outcome }) => deliveredAt !== null || outcome === "retrying");
  if (found.length > 0 && lines.length === 0)
    return "Events reach Firehose and not S3 yet: wait longer (--seconds), or look at `npx floodgate status`.";
  if (found.length > 0) return "Look at the scenes above: `npx floodgate find` tells what is known of each event.";
  return isParked
    ? "What was put into the buffer arrives, and nothing that was put onto the bus: the rule's pattern does not match. Look at floodgate:source.prefixes and floodgate:topics."
    : "Nothing arrives at all: look at `npx floodgate status` and `npx floodgate doctor`.";
};

/** Beside the time in which a partition's object fills up: what failed once comes back after the buffer's visibility timeout. */
const patience = 900;
const looks = { shortest: 1_000, longest: 15_000 };

/** Before the next look, in milliseconds: a tenth of what has passed, so that a slow stack is not asked ever again. */
const untilNextLook = (passed: number): number => Math.min(looks.longest, Math.max(looks.shortest, passed / 10));

export const command: Command = {
  summary: "prove that a stack works: known events in, and each of them where it belongs",
  help: `
Usage: npx floodgate verify [--seconds N] [--keep] (--stack NAME | --outputs FILE) [--json]

Puts a hundred events on the stack's own bus: a copy, one with a user, a late one, one below the priority, a burst above
the limit, plain ones; and what is no event straight into the buffer. Waits until each has its outcome, compares line by
line what lies in S3, and removes the objects it made; what the tables know of it expires in 35 days. With a partner's
bus, onto which only Genesys puts events, all go straight into the buffer, in the type \`other\`, and admission is not
tried. Exit code 1 if anything is not as it should be.

Needs events:PutEvents, sqs:SendMessage, to read the tables, to change failed-events, and to read and delete in the bucket.

  --seconds N       how long to wait (default: delivery.bufferSeconds and ${patience} more)
  --keep            remove nothing
${stackHelp}
  --json            {"run", "isRight", "verdicts": [{"scene", "events", "expected", "found", "isRight"}], "left"}

Example: npx floodgate verify --outputs out/outputs.json
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...stackOptions,
      seconds: { type: "string" },
      keep: { type: "boolean", default: false },
    });
    const stack = await openStack(options);
    const seconds = wholeNumber("seconds", options.seconds, stack.outputs.bufferSeconds + patience);
    const ground = await groundOf(stack);
    const events = testEvents(ground);
    await send(stack, ground, events);
    await putIntoBuffer(stack, [malformedText(ground.run)]);
    const sendCopies = copySender(events, (due) => send(stack, ground, due));
    const look = watcher(stack, ground);
    const progress = progressLine();
    const began = Date.now();
    const until = began + seconds * 1000;
    for (;;) {
      const { evidence, stored } = await look();
      await sendCopies(evidence);
      const verdicts = judge(events, evidence, stack.outputs.excess, ground);
      const isRight = verdicts.every((verdict) => verdict.isRight);
      if (!isRight && Date.now() < until) {
        const settled = new Set(evidence.lines.map(({ member }) => member.key)).size;
        progress.show(
          `${bar(settled / events.length)} ${number(settled)} of ${number(events.length)} events in S3, ${duration(until - Date.now())} left`,
        );
        await systemClock.sleep(untilNextLook(Date.now() - began))();
        continue;
      }
      progress.clear();
      // What is wrong stays, to be looked at.
      const isCleaned = isRight && !options.keep;
      const left = isCleaned ? await cleanUp(stack, ground, stored) : evidence.lines.length;
      if (options.json) say(JSON.stringify({ run: ground.run, isRight, verdicts, left }));
      else {
        say(show(verdicts));
        say(
          isRight
            ? `\n  ${paint("green", "Verified: every event is where it belongs.")}`
            : `\n  ${paint("red", `Not verified after ${duration(seconds * 1000)}.`)} ${advice(evidence)}`,
        );
        if (isCleaned && left > 0)
          complain(`${counted(left, "line")} of ${conversationOf(ground.run)} stay in objects with events of others.`);
      }
      return isRight ? exitCode.done : exitCode.failed;
    }
  },
};
