import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type Copies, groupCopies, triage } from "../../src/event/copies.ts";
import {
  Failure,
  type FailureClass,
  failureClasses,
  isGenesysFailure,
  isHopeless,
  isSinkFailure,
  permanentFailures,
  transientFailures,
} from "../../src/event/failure.ts";
import {
  copiesToPark,
  deliveredOutcomes,
  failedMessages,
  failedOutcomes,
  isFailed,
  messageIdsOf,
  type Outcome,
  repeatsOf,
} from "../../src/event/outcome.ts";
import { noneMalformedYet, reportMalformed, reportOutcomes } from "../../src/event/report-outcomes.ts";
import { eventOf, message, queueEntryText } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const copy = (name: string, messageId: string, isForced = false) => ({
  ...eventOf(message(queueEntryText(name), { messageId })),
  ...(isForced ? { isForced: true as const } : {}),
});

const copies: Copies = { first: copy("c", "m-1"), others: [copy("c", "m-2"), copy("c", "m-3")] };
const [one, two, three] = [copies.first, ...copies.others].map((event) => event.message);

describe("groupCopies", () => {
  it("puts copies together, in the order in which their events came", () => {
    const [a, b, again] = [copy("a", "m-1"), copy("b", "m-2"), copy("a", "m-3")];
    expect(groupCopies([a, b, again])).toStrictEqual([
      { first: a, others: [again] },
      { first: b, others: [] },
    ]);
    expect(groupCopies([])).toStrictEqual([]);
  });
});

describe("triage", () => {
  const group = (name: string, messageId: string, isForced = false): Copies => ({
    first: copy(name, messageId, isForced),
    others: [],
  });
  const sent = (name: string, messageId: string) => new Map([[copy(name, "x").key, messageId]]);

  const none: ReturnType<typeof sent> = new Map();

  it.each<[string, Copies, ReturnType<typeof sent>, string]>([
    ["was never delivered", group("a", "m-1"), none, "fresh"],
    ["was delivered, another copy", group("a", "m-1"), sent("a", "m-9"), "m-9"],
    ["was delivered, this very copy", group("a", "m-1"), sent("a", "m-1"), "m-1"],
    ["was delivered and is forced again", group("a", "m-1", true), sent("a", "m-9"), "fresh"],
    ["was forced, this very copy, and comes again", group("a", "m-1", true), sent("a", "m-1"), "m-1"],
    ["is forced and was never delivered", group("a", "m-1", true), none, "fresh"],
  ])("an event that %s", (_, given, known, where) => {
    const { fresh, delivered } = triage([given], known);
    expect({ fresh, delivered }).toStrictEqual(
      where === "fresh"
        ? { fresh: [given], delivered: [] }
        : { fresh: [], delivered: [{ copies: given, messageId: where }] },
    );
  });
});

describe("outcomes", () => {
  it("of an event that was delivered now are one delivery, and duplicates of it", () => {
    expect(deliveredOutcomes(copies, false)).toStrictEqual([
      { _tag: "Delivered", message: one, recorded: false },
      { _tag: "Duplicate", message: two },
      { _tag: "Duplicate", message: three },
    ]);
  });

  it("of the same message twice are a delivery and its redelivery", () => {
    const twice: Copies = { first: copies.first, others: [copies.first] };
    expect(deliveredOutcomes(twice, true).map(({ _tag }) => _tag)).toStrictEqual(["Delivered", "Redelivered"]);
  });

  it("of an event that was delivered before tell the copy that was from all others", () => {
    expect(repeatsOf(copies, "m-2")).toStrictEqual([
      { _tag: "Duplicate", message: one },
      { _tag: "Redelivered", message: two },
      { _tag: "Duplicate", message: three },
    ]);
  });

  it("of an event that failed are failures of all its copies, with the wait that was asked for", () => {
    const failure: Failure = { failure: "genesysRateLimited", retryAfterSeconds: 7 };
    expect(failedOutcomes(copies, failure)).toStrictEqual(
      [one, two, three].map((each) => ({ _tag: "Failed", message: each, ...failure })),
    );
    expect(
      failedMessages(
        [two, three].flatMap((each) => each ?? []),
        "timeout",
      ),
    ).toStrictEqual([two, three].map((each) => ({ _tag: "Failed", message: each, failure: "timeout" })));
  });

  it("of an event that is to be parked name its key", () => {
    expect(copiesToPark(copies, "tooLarge", "why")).toStrictEqual(
      [one, two, three].map((each) => ({ message: each, failure: "tooLarge", detail: "why", key: copies.first.key })),
    );
  });

  it("are known by the ids of their messages, and those that failed by their tag", () => {
    const outcomes = [...deliveredOutcomes(copies, true), ...failedOutcomes(copies, { failure: "unknown" })];
    expect([messageIdsOf(outcomes), outcomes.map(isFailed)]).toStrictEqual([
      ["m-1", "m-2", "m-3", "m-1", "m-2", "m-3"],
      [false, false, false, true, true, true],
    ]);
  });
});

describe("reportOutcomes", () => {
  it("counts each term of the ledger, by reason where it has one, and names duplicates", async () => {
    const { counted, logged, telemetry } = keptTelemetry();
    const given = message("x", { messageId: "m-9" });
    const outcomes: ReadonlyArray<Outcome> = [
      { _tag: "Delivered", message: given, recorded: true },
      { _tag: "Delivered", message: given, recorded: false },
      { _tag: "Redelivered", message: given },
      { _tag: "Duplicate", message: given },
      { _tag: "Parked", message: given, failure: "malformed" },
      { _tag: "Parked", message: given, failure: "tooLarge" },
      { _tag: "Retrying", message: given, failure: "genesysRefused" },
      { _tag: "Failed", message: given, failure: "timeout" },
    ];
    await reportOutcomes(outcomes)(telemetry)();
    expect([counted, logged]).toStrictEqual([
      [
        {
          delivered: 2,
          unrecorded: 1,
          redelivered: 1,
          duplicates: 1,
          parked: 2,
          "parked.malformed": 1,
          "parked.tooLarge": 1,
          "parked.wellFormed": 1,
          retrying: 1,
          "retrying.genesysRefused": 1,
          failed: 1,
          "failed.timeout": 1,
        },
      ],
      [{ message: "duplicates", fields: { messageIds: ["m-9"] } }],
    ]);
  });

  it("names no duplicates where there are none", async () => {
    const { counted, logged, telemetry } = keptTelemetry();
    await reportOutcomes([])(telemetry)();
    expect([counted, logged]).toStrictEqual([[{}], []]);
  });
});

describe("classes of failures", () => {
  const sink = ["firehoseThrottled", "firehoseUnavailable", "firehoseRefused", "dynamodbUnavailable", "s3Unavailable"];
  const genesys = ["genesysRateLimited", "genesysUnavailable", "genesysRefused"];
  const those = (is: (failure: FailureClass) => boolean) => failureClasses.filter(is);

  it("are the permanent ones and the transient ones", () => {
    expect(failureClasses).toStrictEqual([
      "malformed",
      "tooLarge",
      "deadLetter",
      "sealed",
      ...genesys,
      ...sink,
      "timeout",
      "unknown",
    ]);
    expect([...permanentFailures, ...transientFailures]).toStrictEqual(failureClasses);
  });

  it("are told apart by what they are failures of", () => {
    expect([those(isSinkFailure), transientFailures.filter(isGenesysFailure), those(isHopeless)]).toStrictEqual([
      sink,
      genesys,
      ["malformed", "tooLarge"],
    ]);
  });

  it("are handed on with a wait, and no other class and no other wait than that", () => {
    const given = { failure: "genesysRateLimited", retryAfterSeconds: 3 };
    expect([Failure.decode(given), Failure.decode({ failure: "timeout" })]).toStrictEqual([
      E.right(given),
      E.right({ failure: "timeout" }),
    ]);
    const wrong = [{ failure: "malformed" }, { failure: "x" }, {}, { failure: "timeout", retryAfterSeconds: "3" }];
    expect(wrong.map((each) => Failure.is(each))).toStrictEqual([false, false, false, false]);
    expect(Failure.name).toBe("Failure");
  });
});

describe("reportMalformed", () => {
  const given = message("x");
  const batchOf = (malformed: number, others: number): ReadonlyArray<Outcome> => [
    ...Array.from({ length: malformed }, () => ({ _tag: "Parked", message: given, failure: "malformed" }) as const),
    ...Array.from({ length: others }, () => ({ _tag: "Delivered", message: given, recorded: true }) as const),
  ];

  it("counts the share of a hundred messages or more, whatever batches they came in", async () => {
    const { counted, telemetry } = keptTelemetry();
    const container = { ...telemetry, ...noneMalformedYet() };
    for (const batch of [batchOf(1, 0), batchOf(0, 98), [], batchOf(1, 0), batchOf(0, 250), batchOf(3, 96)])
      await reportMalformed(batch)(container)();
    // The last 99 are not enough yet.
    expect(counted).toStrictEqual([{ malformedPercent: 2 }, { malformedPercent: 0 }]);
    expect(container.malformedSoFar).toStrictEqual({ messages: 99, malformed: 3 });
  });

  it("counts no parked event that can be read", async () => {
    const { counted, telemetry } = keptTelemetry();
    const tooLarge = Array.from(
      { length: 100 },
      () => ({ _tag: "Parked", message: given, failure: "tooLarge" }) as const,
    );
    await reportMalformed(tooLarge)({ ...telemetry, ...noneMalformedYet() })();
    expect(counted).toStrictEqual([{ malformedPercent: 0 }]);
  });
});
