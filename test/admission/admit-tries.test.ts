import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { memoryAdmissionLog } from "../../src/admission/adapters/memory-admission-log.ts";
import type { AdmissionPolicy, Entry } from "../../src/admission/admission.ts";
import { emptyLog, extendLog, logKeptFor } from "../../src/admission/admission-log.ts";
import { admit, minuteLogs } from "../../src/admission/admit.ts";
import type { AdmissionLog, AdmissionLogUnavailable } from "../../src/admission/ports.ts";
import { eventKeyOf } from "../../src/event/event-key.ts";

const start = Date.UTC(2026, 0, 5, 9);
const policy: AdmissionPolicy = {
  enabled: true,
  minPriority: 3,
  maxEventsPerQueuePerSecond: 1,
  unknownQueue: "admit",
  excess: "drop",
};

const entry = (name: string, eventTime = start): Entry => ({
  key: eventKeyOf({ _tag: "Envelope", id: name }),
  queueId: "q",
  eventTime,
});

const unavailable: AdmissionLogUnavailable = { _tag: "AdmissionLogUnavailable", reason: "away" };

/** A container, with time that goes on while it sleeps. */
const scene = (log: AdmissionLog, random = 0.5) => {
  const use = { reads: 0, appends: 0, conflicts: 0 };
  const slept: number[] = [];
  const reads: [minute: string, after: number][] = [];
  let now = start;
  const capabilities = {
    appendToLog: log.appendToLog,
    readLog: (minute: string, after: number) => {
      reads.push([minute, after]);
      return log.readLog(minute, after);
    },
    now: () => now,
    random: () => random,
    sleep: (milliseconds: number) => async () => {
      slept.push(milliseconds);
      now += milliseconds;
    },
    minuteLogs: minuteLogs(),
  };
  return {
    use,
    slept,
    reads,
    later: (milliseconds: number) => {
      now += milliseconds;
    },
    ask: (...entries: ReadonlyArray<Entry>) => admit(entries, { map: undefined, policy, use })(capabilities)(),
  };
};

describe("admit", () => {
  it("reads and writes once for each minute, and answers by position", async () => {
    const log = memoryAdmissionLog();
    const { ask, use, reads } = scene(log);
    const answer = await ask(entry("a"), entry("next", start + 60_000), entry("b"), entry("a"));
    expect(answer).toStrictEqual(E.right(["admitted", "admitted", "rateLimited", "admitted"]));
    expect([use, reads]).toStrictEqual([
      { reads: 2, appends: 2, conflicts: 0 },
      [
        ["2026-01-05T09:00", 0],
        ["2026-01-05T09:01", 0],
      ],
    ]);
    expect(log.minutes.get("2026-01-05T09:00")).toMatchObject([{ n: 1, expiresAt: start + logKeptFor }]);
  });

  it("reads of a minute that the container knows only what is new, and writes nothing when nothing is", async () => {
    const { ask, use, reads } = scene(memoryAdmissionLog());
    await ask(entry("a"));
    expect(await ask(entry("a"))).toStrictEqual(E.right(["admitted"]));
    expect([use, reads.map(([, after]) => after)]).toStrictEqual([{ reads: 2, appends: 1, conflicts: 0 }, [0, 1]]);
  });

  it("asks for nothing without entries", async () => {
    const { ask, use } = scene(memoryAdmissionLog());
    expect([await ask(), use]).toStrictEqual([E.right([]), { reads: 0, appends: 0, conflicts: 0 }]);
  });

  it("decides again, after a short wait, when somebody else has written first", async () => {
    const log = memoryAdmissionLog();
    const other = scene(log);
    let hasLost = false;
    const losing: AdmissionLog = {
      ...log,
      appendToLog: (minute, item) => async () => {
        if (!hasLost) await other.ask(entry("other"));
        hasLost = true;
        return log.appendToLog(minute, item)();
      },
    };
    const { ask, use, slept } = scene(losing);
    // The other's entry has the place of the second.
    expect(await ask(entry("mine"))).toStrictEqual(E.right(["rateLimited"]));
    expect([use, slept]).toStrictEqual([{ reads: 2, appends: 1, conflicts: 1 }, [15]]);
  });

  it("finds its own decision when the answer to its write was lost", async () => {
    const log = memoryAdmissionLog();
    let isLost = true;
    const losing: AdmissionLog = {
      ...log,
      appendToLog: (minute, item) => async () => {
        const answer = await log.appendToLog(minute, item)();
        if (!isLost) return answer;
        isLost = false;
        return E.left(unavailable);
      },
    };
    const { ask, use, slept } = scene(losing);
    expect(await ask(entry("a"))).toStrictEqual(E.right(["admitted"]));
    expect([use, slept]).toStrictEqual([{ reads: 2, appends: 0, conflicts: 0 }, [100]]);
  });

  it("waits for a log that cannot be read, longer each time, and gives up after 200 seconds without an answer", async () => {
    const { ask, slept, use } = scene({ ...memoryAdmissionLog(), readLog: () => TE.left(unavailable) }, 0.999999);
    expect(await ask(entry("a"))).toStrictEqual(E.left(unavailable));
    expect(slept.slice(0, 8)).toStrictEqual([199, 399, 799, 1599, 3199, 6399, 9999, 9999]);
    const waited = slept.reduce((sum, each) => sum + each, 0);
    expect([waited >= 200_000, waited < 210_000, use.reads]).toStrictEqual([true, true, slept.length + 1]);
  });

  it("gives up at the very end of its time", async () => {
    const { ask, slept } = scene({ ...memoryAdmissionLog(), readLog: () => TE.left(unavailable) }, 1);
    await ask(entry("a"));
    // 200 + 400 + ... + 6,400 + 18 x 10,000 = 192,600; the next ends past 200,000.
    expect(slept).toHaveLength(25);
  });

  it("reads a minute anew whose log it remembers beyond its end", async () => {
    const log = memoryAdmissionLog();
    const { ask, reads, later } = scene(log);
    await ask(entry("a"));
    later(logKeptFor);
    await ask(entry("a"));
    later(1);
    await ask(entry("a"));
    expect(reads.map(([, after]) => after)).toStrictEqual([0, 1, 0]);
  });

  it("gives a log of the last days no longer a life than its first item", async () => {
    const log = memoryAdmissionLog();
    const { ask, later } = scene(log);
    await ask(entry("a"));
    later(5_000);
    await ask(entry("b"));
    expect(log.minutes.get("2026-01-05T09:00")?.map(({ expiresAt }) => expiresAt)).toStrictEqual([
      start + logKeptFor,
      start + logKeptFor,
    ]);
  });
});

describe("minuteLogs", () => {
  it("remember 120 minutes, and forget the one that was used least lately", () => {
    const logs = minuteLogs();
    const numbered = (n: number) => extendLog(emptyLog(), [{ n, expiresAt: 1, entries: [] }]);
    for (let n = 1; n <= 120; n += 1) logs.keep(`m-${n}`, numbered(n));
    logs.keep("m-1", numbered(1));
    logs.keep("m-121", numbered(121));
    expect(["m-1", "m-2", "m-3", "m-121", "never"].map((minute) => logs.recall(minute).n)).toStrictEqual([
      1, 0, 3, 121, 0,
    ]);
  });
});
