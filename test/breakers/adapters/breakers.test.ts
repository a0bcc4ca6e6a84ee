import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { containerSinkHealth } from "../../../src/breakers/adapters/container-sink-health.ts";
import { dynamodbBreakers } from "../../../src/breakers/adapters/dynamodb-breakers.ts";
import { rarelyNoted } from "../../../src/breakers/adapters/rarely-noted.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

describe("containerSinkHealth", () => {
  const minute = 60_000;

  it("says since when nothing gets through, until something does", () => {
    const { failingSince, recovered } = containerSinkHealth();
    const since = [failingSince(5 * minute), failingSince(6 * minute)];
    recovered();
    expect([...since, failingSince(7 * minute)]).toStrictEqual([5 * minute, 5 * minute, 7 * minute]);
  });

  it("knows nothing of a time of more than 40 minutes between two failures", () => {
    const { failingSince } = containerSinkHealth();
    const times = [50, 90, 130.1, 131];
    expect(times.map((at) => failingSince(at * minute))).toStrictEqual([
      50 * minute,
      50 * minute,
      130.1 * minute,
      130.1 * minute,
    ]);
  });
});

describe("rarelyNoted", () => {
  it("passes on one note a minute, and another when the one before failed", async () => {
    const noted: number[] = [];
    let answer: E.Either<{ _tag: "BreakersUnavailable"; reason: string }, unknown> = E.right(undefined);
    const { noteArrival } = rarelyNoted({
      noteArrival: (now) => {
        noted.push(now);
        return TE.fromEither(answer);
      },
    });
    const first = [await noteArrival(1_000)(), await noteArrival(60_999)(), await noteArrival(61_000)()];
    answer = E.left({ _tag: "BreakersUnavailable", reason: "away" });
    const failed = await noteArrival(121_000)();
    answer = E.right(undefined);
    await noteArrival(121_001)();
    expect([first, failed, noted]).toStrictEqual([
      [E.right(undefined), E.right(undefined), E.right(undefined)],
      E.left({ _tag: "BreakersUnavailable", reason: "away" }),
      [1_000, 61_000, 121_000, 121_001],
    ]);
  });
});

describe("breakers in the table failed-events", () => {
  const cloud = answeringCloud();
  const breakers = () => dynamodbBreakers({ dynamoDb: cloud.dynamoDb(), table: "failed-events" });
  const openedAt = { S: "2026-01-05T09:00:00.000Z" };
  const [reason, by] = [{ S: "r" }, { S: "b" }];

  it("are read strongly consistently", async () => {
    cloud.answer(ok());
    await breakers().readBreaker("sink")();
    expect(cloud.calls().map(({ input }) => input)).toStrictEqual([
      { TableName: "failed-events", Key: { chunkId: { S: "breaker#sink" } }, ConsistentRead: true },
    ]);
  });

  it.each([
    ["has no time", { reason, by }],
    ["has no reason", { openedAt, by }],
    ["has nobody's name", { openedAt, reason }],
    ["has values of another type", { openedAt: { N: "1" }, reason, by }],
    ["has a canary of another type", { openedAt, reason, by, canary: { N: "1" } }],
    ["is empty", {}],
  ])("hold back all the same when their item %s", async (_, item) => {
    cloud.answer(ok({ Item: item }));
    expect(await breakers().readBreaker("sink")()).toStrictEqual(
      E.right({ name: "sink", openedAt: 0, reason: "the item is not readable", by: "unknown" }),
    );
  });

  it("say when they may be probed, and take a time that is none for one that is over", async () => {
    const item = { openedAt, reason, by, probeAt: { S: "2026-01-05T09:00:30.000Z" } };
    cloud.answer(ok({ Item: item }), ok({ Item: { ...item, openedAt: { S: "x" }, probeAt: { S: "x" } } }));
    const { readBreaker } = breakers();
    expect([await readBreaker("genesys")(), await readBreaker("genesys")()]).toStrictEqual([
      E.right({
        name: "genesys",
        openedAt: Date.UTC(2026, 0, 5, 9),
        reason: "r",
        by: "b",
        probeAt: Date.UTC(2026, 0, 5, 9, 0, 30),
      }),
      E.right({ name: "genesys", openedAt: 0, reason: "r", by: "b", probeAt: 0 }),
    ]);
  });

  it("keep the ceiling within its bounds, whatever the item says, and count nothing that is no number's text", async () => {
    const tally = (ceiling: string) => ok({ Item: { ceiling: { N: ceiling }, started: { N: "3" } } });
    cloud.answer(tally("5"), tally("1000"), tally("20"), ok({ Item: { ceiling: { S: "20" } } }));
    const { readTally } = breakers();
    const read = [await readTally(), await readTally(), await readTally(), await readTally()];
    expect(read).toStrictEqual(
      [
        { ceiling: 10, started: 3, delivered: 0, postponed: 0 },
        { ceiling: 40, started: 3, delivered: 0, postponed: 0 },
        { ceiling: 20, started: 3, delivered: 0, postponed: 0 },
        { ceiling: 10, started: 0, delivered: 0, postponed: 0 },
      ].map(E.right),
    );
  });

  it("know no arrival of an item of another form", async () => {
    cloud.answer(ok({ Item: { last: { N: "5" }, watchedSince: { S: "x" } } }));
    expect(await breakers().readArrival()).toStrictEqual(E.right({ last: undefined, watchedSince: undefined }));
  });

  it("are unavailable when a call fails", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    const all = breakers();
    const breaker = { name: "sink", openedAt: 0, reason: "r", by: "b" } as const;
    const answers = [
      await all.readBreaker("sink")(),
      await all.openBreaker(breaker)(),
      await all.closeBreaker(breaker)(),
      await all.takeProbe(breaker, 1, 2)(),
      await all.tallyRetry("delivered")(),
      await all.readTally(),
      await all.beginMinute(10, 1)(),
      await all.noteArrival(1)(),
      await all.watchFrom(1)(),
      await all.readArrival(),
    ];
    expect(answers).toStrictEqual(
      answers.map(() => E.left({ _tag: "BreakersUnavailable", reason: "ThrottlingException: slow down" })),
    );
  });
});
