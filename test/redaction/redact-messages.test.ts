import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { containerSinkHealth } from "../../src/breakers/adapters/container-sink-health.ts";
import type { Redaction } from "../../src/redaction/ports.ts";
import { redactor } from "../../src/redaction/redact.ts";
import { onRedacted, pauseUnredacted } from "../../src/redaction/redact-messages.ts";
import { message } from "../support/builders.ts";
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
