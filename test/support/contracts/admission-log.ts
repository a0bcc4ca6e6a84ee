import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { type LogEntry, type LogItem, queueBytes } from "../../../src/admission/admission-log.ts";
import type { AdmissionLog } from "../../../src/admission/ports.ts";

const minute = "2026-01-05T09:00";

const entriesOf = (count: number): ReadonlyArray<LogEntry> =>
  Array.from({ length: count }, (_, index) => ({
    queue: queueBytes("90000008-0000-4000-8000-000000000008"),
    second: index % 60,
    decision: (["admitted", "lowPriority", "rateLimited"] as const)[index % 3] ?? "admitted",
    key: index,
  }));

const item = (n: number, count = 3): LogItem => ({
  n,
  expiresAt: Date.UTC(2026, 0, 20),
  entries: entriesOf(count),
});

/** What every implementation of the port has to do. */
export const admissionLogContract = (create: () => Promise<AdmissionLog> | AdmissionLog): void => {
  it("is empty for a minute of which nothing was decided", async () => {
    const log = await create();
    expect(await log.readLog(minute, 0)()).toStrictEqual(E.right([]));
  });

  it("answers what was appended, in the order of the numbers, after the one that is known", async () => {
    const log = await create();
    for (const n of [1, 3, 2, 10]) expect(await log.appendToLog(minute, item(n))()).toStrictEqual(E.right(true));
    expect(await log.readLog(minute, 0)()).toStrictEqual(E.right([item(1), item(2), item(3), item(10)]));
    expect(await log.readLog(minute, 2)()).toStrictEqual(E.right([item(3), item(10)]));
    expect(await log.readLog(minute, 10)()).toStrictEqual(E.right([]));
    expect(await log.readLog("2026-01-05T09:01", 0)()).toStrictEqual(E.right([]));
  });

  it("lets the first of two writers of a number win, and leaves what it wrote", async () => {
    const log = await create();
    const [first, second] = [item(1, 2), item(1, 5)];
    const answers = [await log.appendToLog(minute, first)(), await log.appendToLog(minute, second)()];
    expect(answers).toStrictEqual([E.right(true), E.right(false)]);
    expect(await log.readLog(minute, 0)()).toStrictEqual(E.right([first]));
  });

  it("puts an item that comes late at its place, and keeps it apart from one of the same number", async () => {
    const log = await create();
    for (const n of [2, 1, 2]) await log.appendToLog(minute, item(n, n))();
    expect(await log.readLog(minute, 0)()).toStrictEqual(E.right([item(1, 1), item(2, 2)]));
  });

  it("lets exactly one of many writers at once win", async () => {
    const log = await create();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => log.appendToLog(minute, item(1, index + 1))()),
    );
    expect(answers.filter((answer) => E.isRight(answer) && answer.right)).toHaveLength(1);
  });

  it("answers more than one page of a table holds", async () => {
    const log = await create();
    const large = Array.from({ length: 6 }, (_, index) => item(index + 1, 40_000));
    for (const each of large) await log.appendToLog(minute, each)();
    expect(await log.readLog(minute, 0)()).toStrictEqual(E.right(large));
  });
};
