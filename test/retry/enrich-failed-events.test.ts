import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import type { Failure } from "../../src/event/failure.ts";
import { type FailedEvent, toFailedEvent } from "../../src/failed/failed-event.ts";
import { ChunkRefInput, claimFailedChunk } from "../../src/retry/claim-failed-chunk.ts";
import { DeliverFailedEventsInput } from "../../src/retry/deliver-failed-events.ts";
import { inTurn } from "../../src/retry/delivery-turn.ts";
import { EnrichFailedEventsInput, enrichFailedEvents } from "../../src/retry/enrich-failed-events.ts";
import { openSealed } from "../../src/retry/open-sealed.ts";
import { PlanRedriveInput } from "../../src/retry/plan-redrive.ts";
import { envelope, eventTime, message, receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const named = (number: number): FailedEvent =>
  toFailedEvent(message(envelope("user.start", { eventTime, userId: userId(number) })), "genesysUnavailable");

const scene = (missing: Failure | undefined, timeLeft = 60_000) => {
  const asked: ReadonlyArray<string>[] = [];
  const loaded: string[] = [];
  const capabilities = {
    ...keptTelemetry().telemetry,
    now: () => receivedAt,
    timeLeft: () => timeLeft,
    loadChunk: (chunkId: string) => {
      loaded.push(chunkId);
      return TE.right({ chunk: {} as never, events: [named(1), named(2), toFailedEvent(message("{"), "unknown")] });
    },
    users: {
      isAtHand: false,
      recall: () => TE.right(new Map()),
      remember: () => T.of(undefined),
      getByIds: (ids: ReadonlyArray<string>) => {
        asked.push(ids);
        return missing === undefined
          ? TE.right({ entities: ids.map((id) => ({ id, name: "n" })), leftOut: [] })
          : TE.left({ failure: missing, isAboutRequest: false });
      },
    },
  };
  return { asked, loaded, capabilities };
};

const ref = { chunkId: "c-1", attempt: 2 };
const ready = (missing?: Failure) =>
  E.right({ ...ref, status: "ready", ...(missing === undefined ? {} : { missing }) });

describe("enrichFailedEvents", () => {
  it("asks for the users of a chunk's events, once each, and is ready when it has them", async () => {
    const { asked, loaded, capabilities } = scene(undefined);
    expect(await enrichFailedEvents("required")(ref)(capabilities)()).toStrictEqual(ready());
    expect([asked, loaded]).toStrictEqual([[[userId(1), userId(2)]], ["c-1"]]);
  });

  const limited = (retryAfterSeconds: number): Failure => ({ failure: "genesysRateLimited", retryAfterSeconds });
  const wait = (seconds: number) => E.right({ ...ref, status: "wait", seconds, hasWaited: true });

  it.each<[string, Failure, boolean, unknown]>([
    ["waits a second", limited(1), false, wait(1)],
    ["waits 20 seconds", limited(20), false, wait(20)],
    ["leaves a longer wait to the next attempt", limited(21), false, ready(limited(21))],
    ["waits once in an execution", limited(20), true, ready(limited(20))],
    ["does not wait for nothing", limited(0), false, ready(limited(0))],
    [
      "does not wait for a Genesys that is away",
      { failure: "genesysUnavailable" },
      false,
      ready({ failure: "genesysUnavailable" }),
    ],
  ])("%s", async (_, missing, hasWaited, answer) => {
    const { capabilities } = scene(missing);
    const input = hasWaited ? { ...ref, hasWaited } : ref;
    expect(await enrichFailedEvents("bestEffort")(input)(capabilities)()).toStrictEqual(answer);
  });

  it("asks nobody where names are off, or where the chunk is settled", async () => {
    const off = scene(undefined);
    await enrichFailedEvents("off")(ref)(off.capabilities)();
    const settled = scene(undefined);
    const gone = { ...settled.capabilities, loadChunk: () => TE.right(undefined) };
    expect([await enrichFailedEvents("required")(ref)(gone)(), off.asked, settled.asked]).toStrictEqual([
      ready(),
      [],
      [],
    ]);
  });

  it("asks nobody without the time for a request", async () => {
    const late = scene(undefined, 10_999);
    const enough = scene(undefined, 11_000);
    expect(await enrichFailedEvents("required")(ref)(late.capabilities)()).toStrictEqual(
      ready({ failure: "genesysUnavailable" }),
    );
    await enrichFailedEvents("required")(ref)(enough.capabilities)();
    expect([late.asked.length, enough.asked.length]).toStrictEqual([0, 1]);
  });

  it("fails when the chunk cannot be loaded", async () => {
    const away = { _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "away" } as const;
    const { capabilities } = scene(undefined);
    expect(
      await enrichFailedEvents("required")(ref)({ ...capabilities, loadChunk: () => TE.left(away) })(),
    ).toStrictEqual(E.left(away));
  });
});

describe("claimFailedChunk", () => {
  it("takes the next attempt for as long as an execution may last, or has lost", async () => {
    const asked: unknown[] = [];
    const claim = (isOurs: boolean) =>
      claimFailedChunk(ref)({
        now: () => receivedAt,
        claimChunk: (given, leaseEnd) => {
          asked.push([given, leaseEnd - receivedAt]);
          return TE.right(isOurs ? { chunkId: "c-1", attempt: 3 } : undefined);
        },
      })();
    expect([await claim(true), await claim(false), asked]).toStrictEqual([
      E.right({ status: "claimed", chunkId: "c-1", attempt: 3 }),
      E.right({ status: "lost" }),
      [
        [ref, 330_000],
        [ref, 330_000],
      ],
    ]);
  });
});

describe("inTurn", () => {
  const turnScene = (taken: boolean) => {
    const calls: unknown[] = [];
    let now = receivedAt;
    const capabilities = {
      now: () => now,
      timeLeft: () => 60_000,
      turnIn: () => 2_500.2,
      takeTurn: (owner: string, from: number, end: number) =>
        TE.fromIO(() => {
          calls.push(["take", owner, from - receivedAt, end - receivedAt]);
          return taken;
        }),
      moveTurnEnd: (owner: string, end: number) =>
        TE.fromIO(() => {
          calls.push(["move", owner, end - receivedAt]);
          return true;
        }),
    };
    const step = (hasTurn: boolean) => () => async () => {
      now += 10_000;
      return E.right(hasTurn);
    };
    return { calls, run: () => inTurn("o", step)(capabilities)() };
  };

  it("has the turn for as long as the invocation can last, and ends it when the last bytes are paid for", async () => {
    const { calls, run } = turnScene(true);
    expect([await run(), calls]).toStrictEqual([
      E.right(true),
      [
        ["take", "o", 0, 60_000],
        ["move", "o", 12_501],
      ],
    ]);
  });

  it("runs the step without the turn, and moves nobody's end", async () => {
    const { calls, run } = turnScene(false);
    expect([await run(), calls]).toStrictEqual([E.right(false), [["take", "o", 0, 60_000]]]);
  });
});

describe("openSealed", () => {
  const sealed = (body: string): FailedEvent => toFailedEvent(message(body), "unknown", { sealed: true });
  const redact = (text: string): string => {
    if (text === "broken") throw new Error("broken");
    return `redacted ${text}`;
  };
  const open = async (events: ReadonlyArray<FailedEvent>, isKnown = true) => {
    const { logged, telemetry } = keptTelemetry();
    const opened = await openSealed(events)({
      ...telemetry,
      readRedaction: isKnown ? TE.right(redact) : TE.left({ _tag: "RedactionUnavailable", reason: "away" }),
    })();
    return { opened, logged };
  };

  it("takes the personal data out of what is sealed, and leaves all else as it is", async () => {
    const [plain, closed] = [named(1), sealed("x")];
    const { sealed: _, ...unsealed } = closed;
    expect((await open([closed, plain])).opened).toStrictEqual({
      events: [plain, { ...unsealed, body: "redacted x" }],
      sealed: [],
    });
  });

  it("keeps sealed what cannot be redacted, each by itself", async () => {
    const [good, broken] = [sealed("x"), sealed("broken")];
    const { opened } = await open([broken, good]);
    expect([opened.events.length, opened.sealed]).toMatchObject([
      1,
      [{ _tag: "Failed", message: { messageId: broken.messageId, body: "broken" }, failure: "unknown" }],
    ]);
  });

  it("keeps all of it sealed while the salt cannot be read, and says so", async () => {
    const [plain, closed] = [named(1), sealed("x")];
    const { opened, logged } = await open([plain, closed], false);
    expect([opened.events, opened.sealed, logged]).toMatchObject([
      [plain],
      [{ failure: "unknown", message: { body: "x" } }],
      [{ message: "personal data cannot be redacted", fields: { reason: "away", events: 1 } }],
    ]);
  });

  it("asks for no salt where nothing is sealed", async () => {
    const plain = [named(1)];
    const never = TE.fromTask<never, never>(() => expect.fail("not asked"));
    expect(await openSealed(plain)({ ...keptTelemetry().telemetry, readRedaction: never })()).toStrictEqual({
      events: plain,
      sealed: [],
    });
  });
});

describe("what the machines hand to these steps", () => {
  it.each([
    [ChunkRefInput, "ChunkRefInput", [ref], [{ chunkId: "c" }, { attempt: 1 }, { chunkId: 1, attempt: 1 }]],
    [
      EnrichFailedEventsInput,
      "EnrichFailedEventsInput",
      [ref, { ...ref, hasWaited: true }],
      [{ ...ref, hasWaited: "yes" }, { chunkId: "c" }, { attempt: 1 }],
    ],
    [
      DeliverFailedEventsInput,
      "DeliverFailedEventsInput",
      [ref, { ...ref, missing: { failure: "timeout" }, waits: 3 }],
      [{ ...ref, waits: "3" }, { ...ref, missing: { failure: "malformed" } }, { chunkId: "c" }, { attempt: 1 }],
    ],
    [PlanRedriveInput, "PlanRedriveInput", [{ mapping: "Enabled" }], [{}, { mapping: 1 }]],
  ])("is %s", (codec, name, right, wrong) => {
    expect([codec.name, right.map((each) => codec.is(each)), wrong.map((each) => codec.is(each))]).toStrictEqual([
      name,
      right.map(() => true),
      wrong.map(() => false),
    ]);
  });
});
