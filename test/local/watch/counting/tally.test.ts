import { describe, expect, it } from "vitest";
import { burst } from "../../../../local/campaign/burst.ts";
import type { Cloud } from "../../../../local/cloud.ts";
import type { Frame } from "../../../../local/watch/frame.ts";
import { Watch } from "../../../../local/watch/watch.ts";
import { envelope, queueEntryText } from "../../../support/builders.ts";
import { putDeadLetters } from "../../../support/dead-letters.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../../../support/local-run.ts";

const minute = 60_000;
const everyMilliseconds = 7_000;

const watchOf = (cloud: Cloud): Watch =>
  new Watch(cloud, {
    active: new Set(),
    pace: () => null,
    guide: () => ({ step: -1, reachedAt: [] }),
    malformedPercent: 2,
  });

/** Takes a frame every few seconds of the run, and one when it is over. */
const watching = () => {
  const frames: Frame[] = [];
  let watch: Watch | undefined;
  return {
    frames,
    begin: (cloud: Cloud): Watch => {
      const begun = watchOf(cloud);
      watch = begun;
      const look = (): void => {
        void begun.frame({ pointsAfter: 0 }).then((frame) => {
          frames.push(frame);
          cloud.clock.after(everyMilliseconds, look);
        });
      };
      look();
      return begun;
    },
    end: async (): Promise<void> => {
      if (watch !== undefined) frames.push(await watch.frame({ pointsAfter: 0 }));
    },
  };
};

const sum = (values: object): number => Object.values(values).reduce((all, value) => all + value, 0);

/** All terms of a frame's ledger together. */
const termsOf = ({ ledger }: Frame): number =>
  ledger.delivered + sum(ledger.setAside) + ledger.duplicates + sum(ledger.parked) + sum(ledger.inFlight);

const note = "x".repeat(1_024_100);
const events = [
  ...burst({ count: 400, seed: 11, perMinute: 4_000, start }),
  ...Array.from({ length: 30 }, (_, index) => atBus(queueEntryText(`same-${index}`, "busy"))),
  atBus(envelope("attributes", { eventTime: start, conversationId: "c-large", note }, { id: "e-large" })),
  inBuffer("{"),
];

/** Firehose is away for three minutes, Genesys for two; a letter waits among the dead ones. */
const troubled = async (...configuration: ReadonlyArray<string>) => {
  const watched = watching();
  const run = await runLocally(events, {
    plan: await devPlan(...configuration),
    perMinute: 150,
    beforeSending: (cloud) => {
      watched.begin(cloud);
      putDeadLetters(cloud, [queueEntryText("kills its reader")], 100);
      const refusal = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };
      for (const stream of cloud.streams.values())
        stream.refuse = () => (cloud.clock.now() < start + 3 * minute ? refusal : undefined);
    },
    beforeAudit: watched.end,
  });
  return { run, frames: watched.frames };
};

describe("the tally of the live page", () => {
  it("adds up in every frame, counted and not computed, and in the end says what the audit says", async () => {
    const { run, frames } = await troubled();
    const { ledger } = run;
    expect(run.differences).toStrictEqual([]);
    expect(frames.length).toBeGreaterThan(20);
    for (const frame of frames)
      expect([frame.ledger.missing, termsOf(frame)]).toStrictEqual([0, frame.ledger.received]);
    expect(frames.some((frame) => frame.ledger.inFlight.buffer > 0)).toBe(true);
    expect(frames.some((frame) => frame.ledger.inFlight.firehose > 0)).toBe(true);
    expect(frames.some((frame) => frame.ledger.inFlight.retrying > 0)).toBe(true);
    expect(frames.at(-1)?.ledger).toStrictEqual({
      received: ledger.received,
      delivered: ledger.delivered,
      setAside: { ...ledger.setAside, dropped: 0 },
      duplicates: ledger.duplicates,
      parked: ledger.parked,
      inFlight: { buffer: 0, inHand: 0, firehose: 0, retrying: 0 },
      missing: 0,
    });
    expect([ledger.setAside.rateLimited > 0, ledger.duplicates > 0, Object.keys(ledger.parked)]).toStrictEqual([
      true,
      true,
      ["deadLetter", "malformed", "tooLarge"],
    ]);
  });

  it("counts as dropped what the stack does not store", async () => {
    const { run, frames } = await troubled('floodgate:admission={"excess":"drop"}');
    const last = frames.at(-1)?.ledger;
    expect([last?.setAside, last?.missing]).toStrictEqual([
      { lowPriority: 0, rateLimited: 0, dropped: run.ledger.dropped.lowPriority + run.ledger.dropped.rateLimited },
      0,
    ]);
    expect(last?.setAside.dropped).toBeGreaterThan(0);
  });

  it("counts under its reason what Firehose gives up", async () => {
    const watched = watching();
    const run = await runLocally([atBus(queueEntryText("c-1"))], {
      load: async (name) => {
        if (name === "transform-records")
          return { create: () => async () => Promise.reject(new Error("broken")) }.create;
        const { create } = await import(`../../../../handlers/${name}.ts`);
        return create;
      },
      beforeSending: (cloud) => void watched.begin(cloud),
      beforeAudit: watched.end,
    });
    expect([watched.frames.at(-1)?.ledger.parked, run.ledger.parked]).toStrictEqual([
      { "firehose:processing-failed": 1 },
      { "firehose:processing-failed": 1 },
    ]);
  });

  it("says how many copies are nowhere once they have been for two frames", async () => {
    const missing: number[] = [];
    await runLocally([], {
      beforeAudit: async (cloud) => {
        const watch = watchOf(cloud);
        const look = async (): Promise<void> => {
          missing.push((await watch.frame({ pointsAfter: 0 })).ledger.missing);
        };
        await look();
        cloud.mapping.buffer.accepted.set("ghost", "{}");
        await look();
        await look();
        cloud.mapping.buffer.accepted.delete("ghost");
        await look();
      },
    });
    expect(missing).toStrictEqual([0, 0, 1, 0]);
  });
});
