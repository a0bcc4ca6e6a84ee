import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import { type DeliverCapabilities, deliver, isTooLate } from "../../src/delivery/deliver.ts";
import { type DeliverEventsCapabilities, deliverEvents } from "../../src/delivery/deliver-events.ts";
import { maximumRecordBytes } from "../../src/delivery/delivered-line.ts";
import type { StreamFailure } from "../../src/delivery/ports.ts";
import type { EnrichPolicy } from "../../src/enrichment/enrich.ts";
import { groupCopies } from "../../src/event/copies.ts";
import { envelope, eventOf, eventTime, message, queueEntryText, receivedAt } from "../support/builders.ts";
import { keptFailedEvents, keptTelemetry, noDeliveries, stillClock, takesAll } from "../support/capabilities.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const [throttled, down, refused]: ReadonlyArray<StreamFailure> = [
  { _tag: "StreamThrottled", reason: "slow down" },
  { _tag: "StreamUnavailable", reason: "down" },
  { _tag: "StreamRefused", reason: "no such stream" },
];

const off: EnrichPolicy = { mode: "off", maxDelaySeconds: 3600 };

const scene = (given: Partial<DeliverEventsCapabilities> = {}) => {
  const { logged, telemetry } = keptTelemetry();
  const { parked, parkEvents } = keptFailedEvents();
  const offered: number[] = [];
  const takes = given.putRecords ?? takesAll.putRecords;
  const capabilities = onlyThese<DeliverEventsCapabilities>({
    ...stillClock(),
    ...telemetry,
    ...noDeliveries,
    ...takesAll,
    parkEvents,
    ...given,
    putRecords: (records) => {
      offered.push(records.length);
      return takes(records);
    },
  });
  return {
    logged,
    parked,
    offered,
    deliver: async (bodies: ReadonlyArray<string>, policy = off) => {
      const events = bodies.map((text, index) => eventOf(message(text, { messageId: `m-${index}` })));
      const outcomes = await deliverEvents(groupCopies(events), policy)(capabilities)();
      return outcomes.map((outcome) => [
        outcome.message.messageId,
        outcome._tag,
        ...("failure" in outcome ? [outcome.failure] : []),
      ]);
    },
  };
};

const texts = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => queueEntryText(`c-${index}`));

describe("deliverEvents", () => {
  it("offers nothing more once a whole chunk was refused, and says why of all that is left", async () => {
    const { deliver: run, offered } = scene({
      limits: { count: 2, bytes: 1e6 },
      putRecords: () => TE.left(refused as never),
    });
    expect(await run(texts(5))).toStrictEqual(
      ["m-0", "m-1", "m-2", "m-3", "m-4"].map((id) => [id, "Failed", "firehoseRefused"]),
    );
    // Five tries of the first chunk.
    expect(offered).toStrictEqual([2, 2, 2, 2, 2]);
  });

  it.each<[string, (records: ReadonlyArray<string>) => ReadonlyArray<StreamFailure | undefined>]>([
    ["one of its records was taken", (records) => records.map((_, index) => (index === 0 ? undefined : throttled))],
    [
      "the last of its records was taken",
      (records) => records.map((_, index) => (index === 1 ? undefined : throttled)),
    ],
    ["its records failed for two reasons", (records) => records.map((_, index) => (index === 0 ? down : throttled))],
  ])("goes on with the next chunk when %s", async (_, answer) => {
    const lines: string[] = [];
    const { deliver: run } = scene({
      limits: { count: 2, bytes: 1e6 },
      putRecords: (records) => {
        lines.push(...records);
        return TE.right(records.length === 2 ? answer(records) : records.map(() => throttled));
      },
    });
    await run(texts(4));
    expect(lines.some((line) => line.includes('"c-2"'))).toBe(true);
  });

  it("goes on saying why the first chunk was refused, though the time is up by then", async () => {
    let calls = 0;
    const { deliver: run } = scene({
      limits: { count: 1, bytes: 1e6 },
      timeLeft: () => (calls === 0 ? 60_000 : 0),
      putRecords: () => {
        calls += 1;
        return TE.left(refused as never);
      },
    });
    expect(await run(texts(2))).toStrictEqual([
      ["m-0", "Failed", "firehoseRefused"],
      ["m-1", "Failed", "firehoseRefused"],
    ]);
  });

  it("offers nothing more when the time is up, and says that it was the time", async () => {
    let calls = 0;
    const { deliver: run, offered } = scene({
      limits: { count: 2, bytes: 1e6 },
      // Enough for the first chunk.
      timeLeft: () => (calls === 0 ? 60_000 : 0),
      putRecords: (records) => {
        calls += 1;
        return TE.right(records.map(() => undefined));
      },
    });
    expect(await run(texts(4))).toStrictEqual([
      ["m-0", "Delivered"],
      ["m-1", "Delivered"],
      ["m-2", "Failed", "timeout"],
      ["m-3", "Failed", "timeout"],
    ]);
    expect(offered).toStrictEqual([2]);
  });

  it("names deliveries that could not be recorded: nothing else tells of them", async () => {
    const { deliver: run, logged } = scene({ recordDeliveries: (events) => T.of(events.slice(1)) });
    await run(texts(3));
    const keys = texts(3).map((text) => eventOf(message(text)).key);
    expect(logged).toStrictEqual([
      { message: "unrecorded deliveries", fields: { messageIds: ["m-1", "m-2"], keys: keys.slice(1) } },
    ]);
  });

  it("says nothing of deliveries that were recorded, and offers nothing where nothing is fresh", async () => {
    const { deliver: run, logged, offered } = scene();
    expect(await run([])).toStrictEqual([]);
    await run(texts(1));
    expect([logged, offered]).toStrictEqual([[], [1]]);
  });

  it("leaves everything where it is while nobody can say what was delivered, and says so", async () => {
    const {
      deliver: run,
      logged,
      offered,
    } = scene({
      findDeliveries: () => TE.left({ _tag: "DeliveriesUnavailable", reason: "away" }),
    });
    expect(await run(texts(2))).toStrictEqual([
      ["m-0", "Failed", "dynamodbUnavailable"],
      ["m-1", "Failed", "dynamodbUnavailable"],
    ]);
    expect([logged, offered]).toStrictEqual([
      [{ message: "deliveries cannot be checked", fields: { reason: "away", events: 2 } }],
      [],
    ]);
  });

  it("delivers what is just as large as Firehose takes, and parks what is larger, saying so", async () => {
    const sized = (bytes: number) => {
      const text = (note: string) => envelope("attributes", { eventTime, conversationId: "c", note });
      const rest = bytes - Buffer.byteLength(text(""));
      // Two bytes each: Firehose counts bytes, not characters.
      return text("ä".repeat(Math.floor(rest / 2)) + "x".repeat(rest % 2));
    };
    const sizes: number[] = [];
    const { deliver: run, parked } = scene({
      limits: { count: 500, bytes: 4 * 1024 * 1024 },
      putRecords: (records) => {
        sizes.push(...records.map((record) => Buffer.byteLength(record)));
        return TE.right(records.map(() => undefined));
      },
    });
    await run([sized(1_000)]);
    const member = (sizes[0] ?? 0) - 1_000;
    expect(await run([sized(maximumRecordBytes - member), sized(maximumRecordBytes - member + 1)])).toStrictEqual([
      ["m-0", "Delivered"],
      ["m-1", "Parked", "tooLarge"],
    ]);
    expect([sizes.at(-1), parked.map(({ events }) => events.map(({ detail }) => detail))]).toStrictEqual([
      maximumRecordBytes,
      [["over 1024000 bytes, the most that Firehose takes"]],
    ]);
  });

  it("delivers without its names what is too large only with them", async () => {
    const id = userId(1);
    const agent = { id, name: "a".repeat(1_000), email: "agent@example.org" };
    const lines: string[] = [];
    const { deliver: run, parked } = scene({
      limits: { count: 500, bytes: 4 * 1024 * 1024 },
      putRecords: (records) => {
        lines.push(...records);
        return TE.right(records.map(() => undefined));
      },
      readPriorityMap: TE.right(undefined),
      users: {
        isAtHand: false,
        recall: () => TE.right(new Map([[id, { entity: agent, fetchedAt: receivedAt }]])),
        remember: () => T.of(undefined),
        getByIds: () => TE.left({ failure: { failure: "genesysUnavailable" }, isAboutRequest: false }),
      },
    });
    const text = (note: string) => envelope("user.start", { eventTime, conversationId: "c-1", userId: id, note });
    const large = text("x".repeat(maximumRecordBytes - 1_000));
    const policy: EnrichPolicy = { mode: "required", maxDelaySeconds: 3600 };
    expect(await run([text("small"), large], policy)).toStrictEqual([
      ["m-0", "Delivered"],
      ["m-1", "Delivered"],
    ]);
    const members = lines.map((line) => JSON.parse(line).floodgate.enrichment);
    expect([members, parked]).toStrictEqual([[{ user: agent }, undefined], []]);
  });

  it("leaves events that wait for names where they are, each copy, and delivers the others", async () => {
    const waits = envelope("user.start", { eventTime: eventTime + 9_000, conversationId: "c-1", userId: userId(1) });
    const { deliver: run, offered } = scene({
      readPriorityMap: TE.right(undefined),
      users: {
        isAtHand: false,
        recall: () => TE.right(new Map()),
        remember: () => T.of(undefined),
        getByIds: () => TE.left({ failure: { failure: "genesysUnavailable" }, isAboutRequest: false }),
      },
    });
    expect(await run([waits, waits, queueEntryText("c-2")], { mode: "required", maxDelaySeconds: 3600 })).toStrictEqual(
      [
        ["m-0", "Failed", "genesysUnavailable"],
        ["m-1", "Failed", "genesysUnavailable"],
        ["m-2", "Delivered"],
      ],
    );
    expect(offered).toStrictEqual([1]);
  });
});

describe("deliver", () => {
  const run = (given: Partial<DeliverCapabilities>) => {
    const { logged, telemetry } = keptTelemetry();
    const clock = stillClock();
    const capabilities = { ...clock, ...telemetry, ...takesAll, ...given };
    return deliver(["a", "b", "c"])(capabilities)().then((failures) => ({ failures, logged, slept: clock.slept }));
  };

  it("says once of each reason how many records it kept back", async () => {
    const { failures, logged } = await run({ putRecords: () => TE.right([down, throttled, down]) });
    expect([...failures]).toStrictEqual([
      [0, "firehoseUnavailable"],
      [1, "firehoseThrottled"],
      [2, "firehoseUnavailable"],
    ]);
    expect(logged).toStrictEqual([
      { message: "Firehose did not take records", fields: { reason: "down", records: 2 } },
      { message: "Firehose did not take records", fields: { reason: "slow down", records: 1 } },
    ]);
  });

  it("offers once whatever time is left, and again only while there is enough", async () => {
    const late = await run({ timeLeft: () => 0, putRecords: () => TE.left(throttled as never) });
    expect([late.slept, late.failures.size]).toStrictEqual([[0], 3]);
  });
});

describe("isTooLate", () => {
  it("counts the time until the turn of an offer as gone", () => {
    const late = (left: number, turn: number) => isTooLate({ timeLeft: () => left, turnIn: () => turn });
    // An offer and what it leaves behind need fifteen seconds.
    expect([late(15_000, 0), late(14_999, 0), late(25_000, 10_000), late(25_000, 10_001)]).toStrictEqual([
      false,
      true,
      false,
      true,
    ]);
  });
});

describe("an answer of Firehose that a call was left without", () => {
  it("is a failure of every line of it, by its kind", async () => {
    const answers = await Promise.all(
      [throttled, down, refused].map((failure) =>
        deliver(["a"])({
          ...stillClock(),
          ...keptTelemetry().telemetry,
          ...takesAll,
          putRecords: () => async () => E.left(failure as StreamFailure),
        })(),
      ),
    );
    expect(answers.map((failures) => failures.get(0))).toStrictEqual([
      "firehoseThrottled",
      "firehoseUnavailable",
      "firehoseRefused",
    ]);
  });
});
