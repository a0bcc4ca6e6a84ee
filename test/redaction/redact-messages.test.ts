import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { containerSinkHealth } from "../../src/breakers/adapters/container-sink-health.ts";
import type { Outcome } from "../../src/event/outcome.ts";
import type { Redaction } from "../../src/redaction/ports.ts";
import { redactor } from "../../src/redaction/redact.ts";
import { onRedacted, pauseUnredacted } from "../../src/redaction/redact-messages.ts";
import { message } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";
import { memoryBreakers } from "../support/memory/memory-breakers.ts";

const messages = [{ ...message('{"ani":"+1"}'), messageId: "m-1" }];

const scene = (readRedaction: Redaction["readRedaction"]) => {
  const breakers = memoryBreakers();
  const counts: object[] = [];
  const bodies: string[] = [];
  let now = 1_000_000;
  const run = onRedacted(
    (given: Readonly<typeof messages>) => () => async () => {
      bodies.push(...given.map(({ body }) => body));
      return given.map((each) => ({ _tag: "Delivered" as const, message: each, recorded: true }));
    },
    pauseUnredacted,
  );
  const capabilities = {
    ...breakers,
    ...containerSinkHealth(),
    readRedaction,
    now: () => now,
    info: () => () => undefined,
    warn: () => () => undefined,
    count: (given: object) => () => void counts.push(given),
  };
  return {
    breakers,
    counts,
    bodies,
    minutesLater: (minutes: number) => {
      now += minutes * 60_000;
      return run(messages)(capabilities)();
    },
  };
};

const unreadable = TE.left({ _tag: "RedactionUnavailable" as const, reason: "down" });

describe("onRedacted", () => {
  it("gives a step texts without personal data", async () => {
    const { minutesLater, bodies } = scene(TE.right(redactor(["ani"], "salt")));
    await minutesLater(0);
    expect(bodies).toStrictEqual([expect.stringMatching(/^\{"ani":"sha256:[0-9a-f]{12}"\}$/)]);
  });

  it("leaves messages where they are, counted, while the salt cannot be read", async () => {
    const { minutesLater, bodies, counts } = scene(unreadable);
    expect(await minutesLater(0)).toStrictEqual([{ _tag: "Failed", message: messages[0], failure: "unknown" }]);
    expect([bodies, counts]).toStrictEqual([[], [{ failed: 1, "failed.unknown": 1 }]]);
  });

  it("pauses the flow after five minutes of that, without a canary", async () => {
    const { minutesLater, breakers } = scene(unreadable);
    await minutesLater(0);
    await minutesLater(4);
    expect(await breakers.readBreaker("sink")()).toStrictEqual(E.right(undefined));
    await minutesLater(2);
    expect(await breakers.readBreaker("sink")()).toStrictEqual(
      E.right({ name: "sink", openedAt: 1_360_000, reason: "redactionUnavailable", by: "process-batch" }),
    );
  });
});

describe("onRedacted", () => {
  const redactOrBreak = (text: string): string => {
    if (text.includes("break")) throw new RangeError("secret");
    return `redacted ${text}`;
  };
  const run = async (bodies: ReadonlyArray<string>) => {
    const { logged, counted, telemetry } = keptTelemetry();
    const batch = bodies.map((body, index) => ({ ...message(body), messageId: `m-${index}` }));
    const handed: ReadonlyArray<string>[] = [];
    const outcomes = await onRedacted((given: Readonly<typeof batch>) => () => async () => {
      handed.push(given.map(({ body }) => body));
      return given.map((each): Outcome => ({ _tag: "Delivered", message: each, recorded: true }));
    })(batch)({ ...telemetry, readRedaction: TE.right(redactOrBreak) })();
    return {
      handed,
      logged,
      counted,
      told: outcomes.map(({ _tag, message: each }) => [_tag, each.messageId, each.body]),
    };
  };

  it("fails a message alone on which the redaction breaks, counts it, and says nothing of its text", async () => {
    const { handed, told, logged, counted } = await run(["a", "break", "b"]);
    expect([handed, told, counted]).toStrictEqual([
      [["redacted a", "redacted b"]],
      [
        ["Failed", "m-1", "break"],
        ["Delivered", "m-0", "redacted a"],
        ["Delivered", "m-2", "redacted b"],
      ],
      [{ failed: 1, "failed.unknown": 1 }],
    ]);
    expect(logged).toStrictEqual([
      { message: "a message broke the redaction", fields: { messageId: "m-1", reason: "RangeError" } },
    ]);
  });

  it("does not run the step where all messages break, and counts nothing where none does", async () => {
    const broken = await run(["break"]);
    const whole = await run(["a"]);
    expect([broken.handed, broken.told, whole.handed, whole.counted, whole.logged]).toStrictEqual([
      [],
      [["Failed", "m-0", "break"]],
      [["redacted a"]],
      [],
      [],
    ]);
  });

  it("says how many messages wait for the salt", async () => {
    const { logged, telemetry } = keptTelemetry();
    const outcomes = await onRedacted((_: Readonly<typeof messages>) => () => async () => expect.fail("not run"))(
      messages,
    )({
      ...telemetry,
      readRedaction: unreadable,
    })();
    expect([outcomes.length, logged]).toStrictEqual([
      1,
      [{ message: "personal data cannot be redacted", fields: { reason: "down", events: 1 } }],
    ]);
  });
});

describe("pauseUnredacted", () => {
  const pause = async (minutes: number, opened: E.Either<{ _tag: "BreakersUnavailable"; reason: string }, boolean>) => {
    const { logged, telemetry } = keptTelemetry();
    const breakers: unknown[] = [];
    await pauseUnredacted({
      ...telemetry,
      ...memoryBreakers(),
      now: () => 10 * 60_000,
      failingSince: () => (10 - minutes) * 60_000,
      recovered: () => expect.fail("has not recovered"),
      openBreaker: (breaker) => {
        breakers.push(breaker);
        return TE.fromEither(opened);
      },
    })();
    return [breakers.length, logged];
  };
  const said = {
    message: "nothing can be redacted: the breaker of the sink is open",
    fields: { reason: "redactionUnavailable" },
  };

  it("opens the breaker after five minutes, and says so once", async () => {
    expect([
      await pause(4.999, E.right(true)),
      await pause(5, E.right(true)),
      await pause(5, E.right(false)),
      await pause(5, E.left({ _tag: "BreakersUnavailable", reason: "away" })),
    ]).toStrictEqual([
      [0, []],
      [1, [said]],
      [1, []],
      [1, []],
    ]);
  });
});
