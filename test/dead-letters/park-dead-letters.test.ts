import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { type DeadLetter, deadLetterDetail } from "../../src/dead-letters/dead-letter.ts";
import { parkDeadLetters, parkRedacted } from "../../src/dead-letters/park-dead-letters.ts";
import type { Deliveries } from "../../src/delivery/ports.ts";
import { eventOf, message, queueEntryText } from "../support/builders.ts";
import { keptFailedEvents, keptTelemetry } from "../support/capabilities.ts";

const detail = "bus-dead-letters: NO_PERMISSIONS: not allowed";
const letterOf = (text: string, receives = 1): DeadLetter => ({ ...message(text, { receives }), detail });
const letter = (name: string, receives = 1): DeadLetter => letterOf(queueEntryText(name), receives);

const scene = (findDeliveries: Deliveries["findDeliveries"]) => {
  const { logged, counted, telemetry } = keptTelemetry();
  const { parked, parkEvents } = keptFailedEvents();
  const asked: string[][] = [];
  const capabilities = {
    ...telemetry,
    parkEvents,
    findDeliveries: (events: Parameters<Deliveries["findDeliveries"]>[0]) => {
      asked.push(events.map(({ message: { messageId } }) => messageId));
      return findDeliveries(events);
    },
    redacts: false,
    readRedaction: TE.right((text: string) => text),
  };
  return { logged, counted, parked, asked, capabilities };
};

const parkedOf = ({ parked }: ReturnType<typeof scene>) =>
  parked.map(({ reason, events }) => [reason, events.map(({ messageId, detail: said }) => [messageId, said])]);

describe("parkDeadLetters", () => {
  it("parks what was never delivered, with what the queue says of it, and knows a delivered event's copies", async () => {
    const [lost, sent, copy] = [letter("lost"), letter("sent"), letter("sent")];
    const malformed = letterOf("{");
    const key = eventOf(sent).key;
    const told = scene(() => TE.right(new Map([[key, sent.messageId]])));
    expect(await parkDeadLetters([lost, sent, copy, malformed])(told.capabilities)()).toStrictEqual([
      { _tag: "Redelivered", message: sent },
      { _tag: "Duplicate", message: copy },
      { _tag: "Parked", message: lost, failure: "deadLetter" },
      { _tag: "Parked", message: malformed, failure: "deadLetter" },
    ]);
    expect([parkedOf(told), told.counted]).toStrictEqual([
      [
        [
          "deadLetter",
          [
            [lost.messageId, detail],
            [malformed.messageId, detail],
          ],
        ],
      ],
      [{ redelivered: 1, duplicates: 1, parked: 2, "parked.deadLetter": 2, "parked.wellFormed": 2 }],
    ]);
  });

  it("leaves events where they are while nobody can say whether they were delivered", async () => {
    const [one, copy, malformed] = [letter("one"), letter("one"), letterOf("{")];
    const told = scene(() => TE.left({ _tag: "DeliveriesUnavailable", reason: "away" }));
    expect(await parkDeadLetters([one, copy, malformed])(told.capabilities)()).toStrictEqual([
      { _tag: "Failed", message: one, failure: "dynamodbUnavailable" },
      { _tag: "Failed", message: copy, failure: "dynamodbUnavailable" },
      { _tag: "Parked", message: malformed, failure: "deadLetter" },
    ]);
    expect(told.logged).toStrictEqual([
      { message: "deliveries cannot be checked", fields: { reason: "away", events: 2 } },
    ]);
  });

  it("parks a letter that was received a hundred times without a look at it, and asks for none", async () => {
    const [early, late] = [letter("early", 99), letter("late", 100)];
    const told = scene(() => TE.right(new Map()));
    await parkDeadLetters([early, late])(told.capabilities)();
    expect([told.asked, parkedOf(told)]).toStrictEqual([
      [[early.messageId]],
      [
        [
          "deadLetter",
          [
            [early.messageId, detail],
            [late.messageId, detail],
          ],
        ],
      ],
    ]);
  });

  it("answers that a letter failed that could not be parked", async () => {
    const one = letter("one");
    const told = scene(() => TE.right(new Map()));
    const outcomes = await parkDeadLetters([one])({
      ...told.capabilities,
      parkEvents: () => TE.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" }),
    })();
    expect(outcomes).toStrictEqual([{ _tag: "Failed", message: one, failure: "s3Unavailable" }]);
  });
});

describe("parkRedacted", () => {
  it("does nothing for a kind of letters of which there is none", async () => {
    const salt = { redacts: true, readRedaction: TE.right((text: string) => text) };
    const [late, early] = [letter("late", 100), letter("early")];
    const sealedOnly = scene(() => TE.right(new Map()));
    await parkRedacted([late])({
      ...sealedOnly.capabilities,
      ...salt,
      findDeliveries: () => expect.fail("not asked"),
    })();
    const plainOnly = scene(() => TE.right(new Map()));
    await parkRedacted([early])({ ...plainOnly.capabilities, ...salt })();
    expect(
      [sealedOnly, plainOnly].map((told) => [parkedOf(told).map(([reason]) => reason), told.counted]),
    ).toStrictEqual([
      [["sealed"], [{ parked: 1, "parked.sealed": 1, "parked.wellFormed": 1 }]],
      [["deadLetter"], [{ parked: 1, "parked.deadLetter": 1, "parked.wellFormed": 1 }]],
    ]);
  });
});

describe("deadLetterDetail", () => {
  it.each([
    [{ ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "not allowed", OTHER: "x" }, "q: NO_PERMISSIONS: not allowed"],
    [{ ERROR_MESSAGE: "not allowed" }, "q: not allowed"],
    [{ ERROR_CODE: "NO_PERMISSIONS" }, "q: NO_PERMISSIONS"],
    [{}, "q: received too often"],
  ])("of %j is %s", (attributes, told) => {
    expect(deadLetterDetail("q", attributes)).toBe(told);
  });
});
