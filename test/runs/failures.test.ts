import { readFileSync } from "node:fs";
import { chunksOf } from "fp-ts/lib/ReadonlyArray.js";
import { describe, expect, it } from "vitest";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { genesysError, tooManyRequests, unavailable } from "../../local/genesys/local-genesys.ts";
import { userId } from "../../local/genesys/organisation.ts";
import type { RunOptions, RunResult } from "../../local/run.ts";
import { awsError, type Faults } from "../../local/service.ts";
import { permanentFailures, transientFailures } from "../../src/event/failure.ts";
import { envelope, queueEntryText } from "../support/builders.ts";
import { putDeadLetters } from "../support/dead-letters.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";
import { withOutage } from "../support/outage.ts";
import { sized } from "../support/setup/sized.ts";

const count = sized(100, 1_000);
const minute = 60_000;

const numbers = Array.from({ length: count }, (_, index) => index);

/** Entries of so many queues that admission drops none of them. */
const entries = numbers.map((number) => atBus(queueEntryText(`c-${number}`, `q-${number}`)));

const userEvent = (number: number, user: string): InputEvent =>
  atBus(
    envelope("user.start", { eventTime: start, conversationId: `c-${number}`, userId: user }, { id: `e-${number}` }),
  );
const userEvents = numbers.map((number) => userEvent(number, userId(1 + (number % 400))));

type Outcome = "delivered" | `parked(${string})`;

interface Case {
  readonly events: ReadonlyArray<InputEvent>;
  readonly given: () => Partial<RunOptions> | Promise<Partial<RunOptions>>;
  /** Of all events. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** The reason that delivered lines carry instead of a name, with how many do. */
  readonly nameless?: Readonly<Record<string, number>>;
}

const until = (milliseconds: number, answer: Faults): Partial<RunOptions> => {
  let began: number | undefined;
  return {
    faults: (request) => {
      began ??= Date.now();
      return Date.now() < began + milliseconds ? answer(request) : undefined;
    },
  };
};

const down = (operation: string, answer: ReturnType<typeof awsError>): Partial<RunOptions> =>
  until(10 * minute, (request) => (request.operation.startsWith(operation) ? { _tag: "Answer", answer } : undefined));

const genesys = (milliseconds: number, answer: () => ReturnType<typeof unavailable>): Partial<RunOptions> => ({
  beforeSending: (cloud) => {
    const end = cloud.clock.now() + milliseconds;
    cloud.genesys.fault = (_, now) => (now < end ? answer() : undefined);
  },
});

const killEach = numbers.map((number) => atBus(queueEntryText(`killer-${number}`, `q-${number}`)));

/** The same classes, outcomes and order as in docs/failures.md. */
const cases: Readonly<Record<string, Case>> = {
  malformed: {
    events: numbers.map((number) => inBuffer(`{"broken": ${number}`)),
    given: () => ({}),
    outcomes: { "parked(malformed)": count },
  },
  deadLetter: {
    events: killEach,
    // Every record ends its process, so none can ever be delivered; the last receive makes it a dead letter.
    given: () => ({
      faults: ({ operation }) =>
        operation === "firehose.PutRecordBatch" ? { _tag: "Crash", when: "before" } : undefined,
    }),
    outcomes: { "parked(deadLetter)": count },
  },
  sealed: {
    events: [],
    // Letters that nobody could redact for hours: the salt is away, and each has been received a hundred times.
    given: async () => ({
      ...down("secretsmanager.", awsError(500, "InternalServiceError", "down")),
      plan: await devPlan('floodgate:delivery={"redact":["ani"]}'),
      beforeSending: (cloud) =>
        putDeadLetters(
          cloud,
          killEach.map(({ text }) => text),
          100,
        ),
    }),
    outcomes: { "parked(sealed)": count },
  },
  userNotFound: {
    events: numbers.map((number) => userEvent(number, userId(9_000 + number))),
    given: () => ({}),
    outcomes: { delivered: count },
    nameless: { userNotFound: count },
  },
  genesysRateLimited: {
    events: userEvents,
    given: () => genesys(2 * minute, () => tooManyRequests(30)),
    outcomes: { delivered: count },
    nameless: {},
  },
  genesysUnavailable: {
    events: userEvents,
    given: () => genesys(10 * minute, unavailable),
    outcomes: { delivered: count },
    nameless: {},
  },
  genesysRefused: {
    events: userEvents,
    given: async () => ({
      ...genesys(24 * 60 * minute, () => genesysError(403, "missing.any.permissions", "no")),
      plan: await devPlan('floodgate:enrichment={"maxDelayMinutes":10}'),
    }),
    outcomes: { delivered: count },
    nameless: { genesysRefused: count },
  },
  firehoseThrottled: {
    events: entries,
    given: () => ({
      beforeSending: ({ streams, clock }) => {
        const end = clock.now() + 10 * minute;
        const slow = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };
        for (const stream of streams.values()) {
          stream.refuse = () => (clock.now() < end && Math.random() < 0.7 ? slow : undefined);
        }
      },
    }),
    outcomes: { delivered: count },
  },
  firehoseUnavailable: {
    events: entries,
    given: () => down("firehose.", awsError(500, "InternalServerError", "down")),
    outcomes: { delivered: count },
  },
  firehoseRefused: {
    events: entries,
    given: () => down("firehose.", awsError(400, "ResourceNotFoundException", "no such stream")),
    outcomes: { delivered: count },
  },
  dynamodbUnavailable: {
    events: entries,
    given: () => down("dynamodb.", awsError(500, "InternalServerError", "down")),
    outcomes: { delivered: count },
  },
  s3Unavailable: {
    events: numbers.map((number) =>
      number % 2 === 0 ? inBuffer(`{"broken": ${number}`) : (entries[number] ?? atBus("")),
    ),
    given: () => down("s3.", { status: 503, body: "<Error><Code>SlowDown</Code></Error>" }),
    outcomes: { "parked(malformed)": count / 2, delivered: count / 2 },
  },
  unknown: {
    events: entries,
    // Without the salt nobody knows how to redact, and what is not redacted may be stored nowhere.
    given: async () => ({
      ...until(sized(30, 180) * minute, ({ operation }) =>
        operation.startsWith("secretsmanager.")
          ? { _tag: "Answer", answer: awsError(500, "InternalServiceError", "down") }
          : undefined,
      ),
      plan: await devPlan('floodgate:delivery={"redact":["ani"]}'),
    }),
    outcomes: { delivered: count },
  },
};

const outcomesOf = ({ ledger }: RunResult): Case["outcomes"] => ({
  ...(ledger.delivered === 0 ? {} : { delivered: ledger.delivered }),
  ...Object.fromEntries(Object.entries(ledger.parked).map(([reason, parked]) => [`parked(${reason})`, parked])),
});

const namelessIn = async ({ bucketFolder }: RunResult): Promise<Readonly<Record<string, number>>> => {
  const { readdirSync } = await import("node:fs");
  const { gunzipSync } = await import("node:zlib");
  const counts: Record<string, number> = {};
  for (const name of readdirSync(bucketFolder, { recursive: true, encoding: "utf8" })) {
    if (!name.includes("type=") || !name.endsWith(".gz")) continue;
    for (const line of gunzipSync(readFileSync(`${bucketFolder}/${name}`))
      .toString("utf8")
      .trimEnd()
      .split("\n")) {
      const reason: string | undefined = JSON.parse(line).floodgate.enrichment?.error?.reason;
      if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
    }
  }
  return counts;
};

describe(`${count} events that fail`, () => {
  it.each(Object.entries(cases))(
    "by %s end as the table says",
    async (_, { events, given, outcomes, nameless }) => {
      const run = await runLocally(events, { perMinute: 30_000, ...(await given()) });
      expect(run.differences).toStrictEqual([]);
      expect(outcomesOf(run)).toStrictEqual(outcomes);
      if (nameless !== undefined) expect(await namelessIn(run)).toStrictEqual(nameless);
      // Objects hold each event once: nothing that failed was delivered before.
      expect(run.deliveredLines).toBe(outcomes.delivered ?? 0);
    },
    120_000,
  );

  it("by tooLarge are parked, each almost as large as a bus takes: few of them a run, because they are large", async () => {
    const note = "x".repeat(1_024_100);
    for (const few of chunksOf(100)(numbers.slice(0, sized(30, count)))) {
      const large = few.map((number) =>
        atBus(envelope("attributes", { eventTime: start, conversationId: `c-${number}`, note }, { id: `e-${number}` })),
      );
      const run = await runLocally(large, { perMinute: 6_000 });
      expect([run.differences, outcomesOf(run)]).toStrictEqual([[], { "parked(tooLarge)": few.length }]);
    }
  }, 400_000);

  it("by timeout, because the stream is slow, are kept as chunks before the function's time is over", async () => {
    await withOutage(
      await devPlan(
        'floodgate:enrichment={"mode":"off"}',
        'floodgate:processing={"timeoutSeconds":185,"maximumConcurrency":18}',
      ),
      { slowness: (now) => (now < start + 5 * minute ? 14_000 : 0) },
      async ({ cloud, wiring, runUntil }) => {
        const slow = 1_000;
        for (let number = 0; number < slow; number += 1) cloud.bus.put(queueEntryText(`c-${number}`, `q-${number}`));
        await runUntil(() => wiring.taken.messageIds.size === slow && wiring.failedEvents.chunks.size === 0);
        expect(cloud.functions.counts().get("process-batch")?.failures).toBe(0);
        expect(cloud.machines.executions.some(({ machine }) => machine === "retry-failed-events")).toBe(true);
        expect([...wiring.taken.messageIds.values()].every((times) => times === 1)).toBe(true);
      },
    );
  });

  it("have a row each in docs/failures.md, in which the outcome is named", () => {
    const rows = readFileSync("docs/failures.md", "utf8")
      .split("\n")
      .filter((line) => /^\| [a-z]\w+ \|/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .filter(([, name]) => name !== "class");
    const documented = rows.map(([, name]) => name);
    expect(documented.toSorted()).toStrictEqual(
      [...permanentFailures, ...transientFailures, "userNotFound"].toSorted(),
    );
    for (const [, name = "", , , , end = ""] of rows) {
      for (const outcome of Object.keys(cases[name]?.outcomes ?? {}))
        expect([name, end]).toStrictEqual([name, expect.stringContaining(outcome)]);
    }
  });
});
