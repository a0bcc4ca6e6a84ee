import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import type { Breaker } from "../../../src/breakers/breaker.ts";
import type { Arrivals, Breakers, RetryTallies } from "../../../src/breakers/ports.ts";
import { receivedAt } from "../builders.ts";

type Shared = Breakers & RetryTallies & Arrivals;

/** What every implementation of the three ports has to do. */
export const breakersContract = (create: () => Promise<Shared> | Shared): void => {
  const sink: Breaker = {
    name: "sink",
    openedAt: receivedAt,
    reason: "firehoseUnavailable",
    by: "process-batch",
    canary: "chunk-1",
  };
  const genesys: Breaker = {
    name: "genesys",
    openedAt: receivedAt,
    reason: "503",
    by: "floodgate",
    probeAt: receivedAt + 30_000,
  };

  it("opens once, is read by everybody, and is closed by whoever saw it open", async () => {
    const { readBreaker, openBreaker, closeBreaker } = await create();
    expect(await readBreaker("sink")()).toStrictEqual(E.right(undefined));
    expect(await openBreaker(sink)()).toStrictEqual(E.right(true));
    expect(await openBreaker({ ...sink, canary: "chunk-2" })()).toStrictEqual(E.right(false));
    expect([await readBreaker("sink")(), await readBreaker("operator")()]).toStrictEqual([
      E.right(sink),
      E.right(undefined),
    ]);
    await closeBreaker(sink)();
    expect(await readBreaker("sink")()).toStrictEqual(E.right(undefined));
  });

  it("is not closed by somebody who saw an earlier one", async () => {
    const { readBreaker, openBreaker, closeBreaker } = await create();
    await openBreaker(sink)();
    expect(await closeBreaker({ ...sink, openedAt: receivedAt - 1 })()).toStrictEqual(E.right(false));
    expect(await readBreaker("sink")()).toStrictEqual(E.right(sink));
  });

  it("gives the probe to one of those who ask, once it is due", async () => {
    const { openBreaker, takeProbe } = await create();
    await openBreaker(genesys)();
    const at = receivedAt + 30_000;
    const answers = [
      await takeProbe(genesys, at - 1, at + 30_000)(),
      await takeProbe(genesys, at, at + 30_000)(),
      await takeProbe(genesys, at, at + 30_000)(),
      await takeProbe({ ...genesys, openedAt: receivedAt - 5 }, at + 60_000, at + 90_000)(),
    ];
    expect(answers).toStrictEqual([E.right(false), E.right(true), E.right(false), E.right(false)]);
  });

  it("takes a reason of any length, and none", async () => {
    const { openBreaker, readBreaker } = await create();
    const opened = { openedAt: 1_000, by: "somebody" };
    await openBreaker({ ...opened, name: "operator", reason: "" })();
    await openBreaker({ ...opened, name: "sink", reason: "x".repeat(5_000) })();
    const reasons = [await readBreaker("operator")(), await readBreaker("sink")()].map(
      (breaker) => E.isRight(breaker) && breaker.right?.reason,
    );
    expect(reasons).toStrictEqual(["no reason given", "x".repeat(500)]);
  });

  it("knows the last arrival and since when it is watched for, and before that nothing", async () => {
    const { noteArrival, watchFrom, readArrival } = await create();
    const before = await readArrival();
    await watchFrom(receivedAt)();
    const watched = await readArrival();
    await noteArrival(receivedAt)();
    await noteArrival(receivedAt + 90_000)();
    expect([before, watched, await readArrival()]).toStrictEqual(
      [
        { last: undefined, watchedSince: undefined },
        { last: undefined, watchedSince: receivedAt },
        { last: receivedAt + 90_000, watchedSince: receivedAt },
      ].map(E.right),
    );
  });

  it("counts how retries went, until a new minute begins", async () => {
    const { tallyRetry, readTally, beginMinute } = await create();
    expect(await readTally()).toStrictEqual(E.right({ ceiling: 10, started: 0, delivered: 0, postponed: 0 }));
    for (const result of ["delivered", "postponed", "delivered"] as const) await tallyRetry(result)();
    expect(await readTally()).toStrictEqual(E.right({ ceiling: 10, started: 0, delivered: 2, postponed: 1 }));
    await beginMinute(20, 7)();
    expect(await readTally()).toStrictEqual(E.right({ ceiling: 20, started: 7, delivered: 0, postponed: 0 }));
  });
};
