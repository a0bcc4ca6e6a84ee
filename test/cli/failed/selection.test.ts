import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { command as failed } from "../../../cli/failed/failed.ts";
import { failedEvent, failedOf } from "../../support/cloud/failed-of-stack.ts";
import { localStack } from "../../support/cloud/local-stack.ts";

const minute = 60_000;

// Each test has a failure class of its own, so that none sees what another has put there.
describe("what failed commands take, leave and count", () => {
  const stack = localStack();
  const call = (...args: ReadonlyArray<string>) => stack.call(failed, ...args, "--json");
  const chunksOf = async (reason: string) => Object((await call("list", "--reason", reason)).answer).chunks;
  const named = async (...filter: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
    const out = `${stack.folder()}.jsonl`;
    expect((await call("export", ...filter, "--out", out)).code).toBe(0);
    const lines = readFileSync(out, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line).messageId);
  };

  it("take of a filter those of its type, its queue and its time, from --since on and before --until", async () => {
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const at = (seconds: number): number => now - 600_000 + seconds * 1_000;
    const events = [
      failedEvent("firehoseRefused", "t0", { receivedAt: at(0) }),
      failedEvent("firehoseRefused", "t10", { receivedAt: at(10), type: "acd.end" }),
      failedEvent("firehoseRefused", "t20", { receivedAt: at(20), queueId: "q-2" }),
      failedEvent("firehoseRefused", "t30", { receivedAt: at(30) }),
    ];
    await failedOf(stack).parkEvents("firehoseRefused", events)();
    const of = ["--reason", "firehoseRefused"];
    const iso = (seconds: number): string => new Date(at(seconds)).toISOString();
    expect([
      await named(...of),
      await named(...of, "--type", "acd.end"),
      await named(...of, "--queue", "q-2"),
      await named(...of, "--since", iso(10), "--until", iso(30)),
      await named(...of, "--since", iso(10), "--queue", "q-1", "--type", "acd.start"),
    ]).toStrictEqual([["t0", "t10", "t20", "t30"], ["t10"], ["t20"], ["t10", "t20"], ["t30"]]);
  });

  it("list the oldest chunk first, and group by status, reason and type", async () => {
    const store = failedOf(stack);
    const old = Date.now() - 10 * minute;
    await store.parkEvents("genesysRefused", [failedEvent("genesysRefused", "new")])();
    await store.parkEvents("genesysRefused", [
      failedEvent("genesysRefused", "old", { receivedAt: old, type: "acd.end" }),
    ])();
    await store.keepForRetry("genesysRefused", [failedEvent("genesysRefused", "kept")], Date.now() + 60 * minute)();
    const { answer } = await call("list", "--reason", "genesysRefused");
    const { groups, chunks } = Object(answer);
    expect(chunks.map(({ status, matching }: Record<string, unknown>) => [status, matching])).toStrictEqual([
      ["parked", 1],
      ["parked", 1],
      ["retrying", 1],
    ]);
    expect(chunks[0].createdAt).toBe(old);
    expect(
      groups
        .map(({ status, reason, type, events }: Record<string, unknown>) => [status, reason, type, events])
        .toSorted(),
    ).toStrictEqual([
      ["parked", "genesysRefused", "acd.end", 1],
      ["parked", "genesysRefused", "acd.start", 1],
      ["retrying", "genesysRefused", "acd.start", 1],
    ]);
  });

  it("redrive brings back so many a minute, over all chunks together", async () => {
    const store = failedOf(stack);
    for (const chunk of ["a", "b"]) {
      await store.parkEvents(
        "deadLetter",
        [1, 2, 3].map((index) => failedEvent("deadLetter", `${chunk}${index}`)),
      )();
    }
    const before = Date.now();
    const { answer } = await call("redrive", "--reason", "deadLetter", "--rate", "2");
    expect(answer).toMatchObject({ events: 6, moved: 6, left: {}, dryRun: false, rate: 2 });
    const pieces = (await chunksOf("unknown")).filter(({ status }: { status: string }) => status === "retrying");
    const due = pieces.map(({ dueAt, events }: { dueAt: number; events: number }) => [
      Math.floor((dueAt - before) / minute),
      events,
    ]);
    expect(due.toSorted()).toStrictEqual([
      [0, 2],
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it("redrive leaves what no retry can help, says how many, and takes it when it is told to", async () => {
    await failedOf(stack).parkEvents("tooLarge", [failedEvent("tooLarge", "l1"), failedEvent("tooLarge", "l2")])();
    const left = await call("redrive", "--reason", "tooLarge");
    expect(left.answer).toMatchObject({ events: 0, moved: 0, left: { tooLarge: 2 } });
    const dry = await call("redrive", "--reason", "tooLarge", "--include-permanent", "--dry-run");
    expect(dry.answer).toMatchObject({ events: 2, moved: 0, left: {}, dryRun: true });
    expect((await chunksOf("tooLarge")).map(({ status }: { status: string }) => status)).toStrictEqual(["parked"]);
    const taken = await call("redrive", "--reason", "tooLarge", "--include-permanent");
    expect(taken.answer).toMatchObject({ events: 2, moved: 2, left: {} });
    expect((await chunksOf("tooLarge")).map(({ status }: { status: string }) => status)).toStrictEqual(["retrying"]);
  });

  it("park takes retrying chunks as a whole only, and none that is parked", async () => {
    const store = failedOf(stack);
    const later = Date.now() + 60 * minute;
    await store.keepForRetry(
      "s3Unavailable",
      [failedEvent("s3Unavailable", "p1"), failedEvent("s3Unavailable", "p2")],
      later,
    )();
    await store.keepForRetry(
      "s3Unavailable",
      [failedEvent("s3Unavailable", "p3"), failedEvent("s3Unavailable", "p4", { type: "acd.end" })],
      later,
    )();
    const some = await call("park", "--reason", "s3Unavailable", "--type", "acd.start");
    expect([some.code, some.answer]).toStrictEqual([0, { parked: 2, left: 1 }]);
    const again = await call("park", "--reason", "s3Unavailable", "--type", "acd.start");
    expect(again.answer).toStrictEqual({ parked: 0, left: 1 });
  });

  it("export leaves out the text of what is sealed, and keeps that of all others", async () => {
    const events = [failedEvent("timeout", "shut", { sealed: true }), failedEvent("timeout", "open")];
    await failedOf(stack).keepForRetry("timeout", events, Date.now() + 60 * minute)();
    const out = `${stack.folder()}.jsonl`;
    await call("export", "--reason", "timeout", "--out", out);
    const lines = readFileSync(out, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ messageId, status, body }) => [messageId, status, typeof body])).toStrictEqual([
      ["shut", "retrying", "undefined"],
      ["open", "retrying", "string"],
    ]);
  });

  it.each([
    [["list", "--reason", "nothing"], "--reason nothing: has to be one of "],
    [["list", "--type", "acd.strat"], "--type acd.strat: "],
    [["list", "--limit", "0"], "--limit 0: has to be a whole number of at least 1"],
    [["redrive", "--rate", "0"], "--rate 0: has to be a whole number of at least 1"],
    [["export"], "name the file: --out failed.jsonl"],
    [["show"], "name a chunk: floodgate failed show <chunk>"],
    [["mend"], "failed takes list, show, redrive, park, export, import"],
  ])("%j is refused, with what it has to be", async (args, said) => {
    await expect(async () => failed.run(args)).rejects.toThrow(said);
  });
});
