import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { Breaker, RetryTally } from "../../src/breakers/breaker.ts";
import type { Arrival } from "../../src/breakers/ports.ts";
import type { ChunkRef, FailedChunk } from "../../src/failed/failed-chunk.ts";
import { planRedrive } from "../../src/retry/plan-redrive.ts";
import type { WatchHours } from "../../src/time/watch-hours.ts";
import { receivedAt as now } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";

const minute = 60_000;
const sink: Breaker = { name: "sink", openedAt: now - minute, reason: "r", by: "b", canary: "canary" };
const operator: Breaker = { name: "operator", openedAt: now, reason: "r", by: "somebody" };
const genesys: Breaker = { name: "genesys", openedAt: now, reason: "r", by: "b" };
const { canary: _, ...unnamed } = sink;

const canary: FailedChunk = {
  chunkId: "canary",
  attempt: 4,
  status: "retrying",
  failure: "firehoseUnavailable",
  object: "o",
  events: 1,
  createdAt: now,
  isCanary: true,
  dueAt: now,
};

interface Given {
  readonly sink?: Breaker;
  readonly operator?: Breaker;
  readonly genesys?: Breaker | "unreadable";
  readonly canary?: FailedChunk;
  readonly due?: ReadonlyArray<ChunkRef>;
  readonly tally?: Partial<RetryTally>;
  readonly mapping?: string;
  readonly errors?: boolean | "unreadable";
  readonly arrival?: Arrival | "unreadable";
  readonly hours?: WatchHours;
}

const away = { _tag: "BreakersUnavailable", reason: "away" } as const;
const always: WatchHours = { zone: "UTC", from: 0, to: 0, days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] };

const plan = async (given: Given = {}) => {
  const { logged, counted, telemetry } = keptTelemetry();
  const did: unknown[] = [];
  const breakers: Record<string, Breaker | undefined> = { sink: given.sink, operator: given.operator };
  const planned = await planRedrive(given.hours)({ mapping: given.mapping ?? "Enabled" })({
    ...telemetry,
    now: () => now,
    readBreaker: (name) => {
      if (name !== "genesys") return TE.right(breakers[name]);
      return given.genesys === "unreadable" ? TE.left(away) : TE.right(given.genesys);
    },
    openBreaker: () => expect.fail("opens none"),
    takeProbe: () => expect.fail("takes none"),
    closeBreaker: (breaker) => TE.fromIO(() => did.push(["close", breaker.name]) > 0),
    findChunk: (chunkId) => TE.right(chunkId === "canary" ? given.canary : undefined),
    parkChunk: (chunkId) => TE.fromIO(() => did.push(["park", chunkId]) > 0),
    findDueChunks: (at, most) => {
      did.push(["find", at - now, most]);
      return TE.right((given.due ?? []).slice(0, most));
    },
    readTally: TE.right({ ceiling: 10, started: 0, delivered: 0, postponed: 0, ...given.tally }),
    tallyRetry: () => expect.fail("counts none"),
    beginMinute: (ceiling, started) => TE.fromIO(() => void did.push(["begin", ceiling, started])),
    hasErrorObjects:
      given.errors === "unreadable"
        ? TE.left({ _tag: "ErrorObjectsUnavailable", reason: "away" })
        : TE.right(given.errors ?? false),
    noteArrival: () => expect.fail("notes none"),
    watchFrom: (at) => TE.fromIO(() => void did.push(["watch", at - now])),
    readArrival:
      given.arrival === "unreadable"
        ? TE.left(away)
        : TE.right(given.arrival ?? { last: undefined, watchedSince: undefined }),
  })();
  return { planned: E.isRight(planned) ? planned.right : planned.left, did, logged, counted: counted[0] };
};

const refs = (count: number): ReadonlyArray<ChunkRef> =>
  Array.from({ length: count }, (_each, index) => ({ chunkId: `c-${index}`, attempt: 1 }));
const quiet = { heldBack: 0, breakersOpen: 0, errorObjects: 0, chunksStarted: 0, chunksLeft: 0 };

describe("planRedrive", () => {
  it("starts what is due, spread over 50 seconds, and begins a minute with that", async () => {
    const { planned, did, counted } = await plan({ due: refs(4) });
    expect(planned).toStrictEqual({
      mapping: "leave",
      chunks: [0, 12, 25, 37].map((delaySeconds, index) => ({ chunkId: `c-${index}`, attempt: 1, delaySeconds })),
    });
    expect([did, counted]).toStrictEqual([
      [
        ["find", 0, 10],
        ["begin", 10, 4],
      ],
      { ...quiet, chunksStarted: 4 },
    ]);
  });

  it("starts as many as the tally of the last minute allows, and says that more may be waiting", async () => {
    const { planned, did, counted } = await plan({ due: refs(30), tally: { started: 10, delivered: 10 } });
    expect([did, "chunks" in planned && planned.chunks.length, counted]).toStrictEqual([
      [
        ["find", 0, 20],
        ["begin", 20, 20],
      ],
      20,
      { ...quiet, chunksStarted: 20, chunksLeft: 1 },
    ]);
    expect((await plan({ due: refs(9) })).counted).toStrictEqual({ ...quiet, chunksStarted: 9 });
  });

  it("tries the canary alone while the sink is down, and holds the mapping back", async () => {
    const { planned, did, counted } = await plan({ sink, canary, due: refs(3) });
    expect([planned, did, counted]).toStrictEqual([
      { mapping: "pause", chunks: [{ chunkId: "canary", attempt: 4, delaySeconds: 0 }] },
      [["begin", 10, 1]],
      { ...quiet, heldBack: 1, breakersOpen: 1, chunksStarted: 1 },
    ]);
  });

  it("does not try a canary before it is due", async () => {
    const { planned } = await plan({ sink, canary: { ...canary, dueAt: now + 1 } });
    expect(planned).toStrictEqual({ mapping: "pause", chunks: [] });
  });

  it.each<[string, Given, boolean]>([
    ["the canary is gone: it was delivered", { sink }, true],
    ["the canary was parked", { sink, canary: { ...canary, status: "parked" } }, true],
    ["the canary waits for something else", { sink, canary: { ...canary, failure: "genesysRefused" } }, true],
    ["the canary met the sink's failure again", { sink, canary }, false],
    ["the canary was not offered for want of time", { sink, canary: { ...canary, failure: "timeout" } }, false],
    ["there is no canary, for half an hour", { sink: { ...unnamed, openedAt: now - 30 * minute } }, true],
    ["there is no canary, for less", { sink: { ...unnamed, openedAt: now - 30 * minute + 1 } }, false],
  ])("closes the breaker of the sink when %s", async (_each, given, isClosed) => {
    const { planned, did } = await plan({ ...given, mapping: "Disabled", due: refs(1) });
    expect(did.some((each) => JSON.stringify(each) === '["close","sink"]')).toBe(isClosed);
    expect("mapping" in planned && planned.mapping).toBe(isClosed ? "resume" : "leave");
    // Once it is closed, what is due is started in the same minute.
    expect("chunks" in planned && planned.chunks.some(({ chunkId }) => chunkId === "c-0")).toBe(isClosed);
  });

  it("starts nothing while an operator has paused the flow, not even the canary", async () => {
    const { planned, did, counted } = await plan({ operator, sink, canary, due: refs(30) });
    expect([planned, did, counted]).toStrictEqual([
      { mapping: "pause", chunks: [] },
      [["begin", 10, 0]],
      { ...quiet, heldBack: 1, breakersOpen: 1 },
    ]);
    expect((await plan({ operator, due: refs(3) })).counted).toStrictEqual({ ...quiet, heldBack: 1 });
  });

  it("counts the breaker of Genesys, which holds nothing back, and none that cannot be read", async () => {
    expect([(await plan({ genesys })).counted, (await plan({ genesys, sink, canary })).counted]).toMatchObject([
      { heldBack: 0, breakersOpen: 1 },
      { heldBack: 1, breakersOpen: 2 },
    ]);
    expect((await plan({ genesys: "unreadable" })).counted).toStrictEqual(quiet);
  });

  it("counts whether Firehose has put records aside, and says nothing of it when nobody can look", async () => {
    expect((await plan({ errors: true })).counted).toStrictEqual({ ...quiet, errorObjects: 1 });
    const { errorObjects: _each, ...others } = quiet;
    expect((await plan({ errors: "unreadable" })).counted).toStrictEqual(others);
  });

  it("parks what 300 executions have left, names it, and starts the others", async () => {
    const due = [{ chunkId: "endless", attempt: 300 }, ...refs(1)];
    const { planned, did, logged } = await plan({ due });
    expect([planned, did, logged]).toStrictEqual([
      { mapping: "leave", chunks: [{ chunkId: "c-0", attempt: 1, delaySeconds: 0 }] },
      [
        ["find", 0, 10],
        ["park", "endless"],
        ["begin", 10, 1],
      ],
      [
        {
          message: "a failed chunk that nothing settles is parked",
          fields: { chunkId: "endless", attempt: 300 },
        },
      ],
    ]);
  });

  const arrival = { last: now - 10 * minute, watchedSince: now - 90 * minute };

  it.each<[string, Given, unknown, unknown]>([
    ["is not counted without hours", { arrival }, undefined, false],
    ["is counted from the last arrival", { hours: always, arrival }, 10, false],
    [
      "is counted from the first look where nothing ever came",
      { hours: always, arrival: { ...arrival, last: undefined } },
      90,
      false,
    ],
    [
      "is counted from the later of the two",
      { hours: always, arrival: { last: now - 99 * minute, watchedSince: now - 5 * minute } },
      5,
      false,
    ],
    [
      "begins with the first look",
      { hours: always, arrival: { last: now - minute, watchedSince: undefined } },
      0,
      true,
    ],
    ["begins anew while the sink is down", { hours: always, arrival, sink, canary }, 0, true],
    ["begins anew while an operator holds the flow back", { hours: always, arrival, operator }, 0, true],
    ["is not counted when nobody can read of it", { hours: always, arrival: "unreadable" }, undefined, false],
  ])("silence %s", async (_each, given, minutes, isWatched) => {
    const { counted, did } = await plan(given);
    expect([counted?.["silentMinutes"], did.some((each) => JSON.stringify(each) === '["watch",0]')]).toStrictEqual([
      minutes,
      isWatched,
    ]);
  });
});
