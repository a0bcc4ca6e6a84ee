import { describe, expect, it } from "vitest";
import type { Message } from "../../src/event/message.ts";
import type { Outcome } from "../../src/event/outcome.ts";
import { sqsBatch } from "../../src/runtime/sqs-batch.ts";

const context = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 };

const record = (messageId: string, receiveCount = 1) => ({
  messageId,
  receiptHandle: `handle-${messageId}`,
  body: "{}",
  attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: "1767603620723" },
});

/** A step that notes how the messages were grouped; those named `bad` fail. */
const handlerNoting = (units: string[][], acknowledged: string[] = [], kept: string[] = []) =>
  sqsBatch(
    (messages: ReadonlyArray<Message>) => () => async (): Promise<ReadonlyArray<Outcome>> => {
      units.push(messages.map(({ messageId }) => messageId));
      return messages.map((message) =>
        message.messageId.startsWith("bad")
          ? { _tag: "Failed", message, failure: "unknown" }
          : { _tag: "Delivered", message, recorded: true },
      );
    },
    (messages: ReadonlyArray<Message>) => () => async (): Promise<ReadonlyArray<Outcome>> => {
      kept.push(...messages.map(({ messageId }) => messageId));
      return messages.map((message) => ({ _tag: "Retrying", message, failure: "timeout" }));
    },
  )({
    acknowledge: (handles) => async () => {
      acknowledged.push(...handles);
    },
  });

describe("sqsBatch", () => {
  it("answers with the messages that have to stay in the buffer, and only them", async () => {
    const answer = await handlerNoting([])({ Records: [record("a"), record("bad-1"), record("b")] }, context);
    expect(answer).toStrictEqual({ batchItemFailures: [{ itemIdentifier: "bad-1" }] });
  });

  it("handles a message alone from its third receive on, so that one that kills the process takes no other along", async () => {
    const units: string[][] = [];
    await handlerNoting(units)({ Records: [record("a"), record("s-1", 3), record("b", 2), record("s-2", 9)] }, context);
    expect(units[0]).toStrictEqual(["a", "b"]);
    expect(units.slice(1).toSorted()).toStrictEqual([["s-1"], ["s-2"]]);
  });

  it("acknowledges what is settled at once while there are suspects, because one of them may kill the process", async () => {
    const acknowledged: string[] = [];
    await handlerNoting([], acknowledged)({ Records: [record("a"), record("bad-1", 3), record("s-1", 3)] }, context);
    expect(acknowledged.toSorted()).toStrictEqual(["handle-a", "handle-s-1"]);
  });

  it("leaves acknowledging to Lambda when there are none", async () => {
    const acknowledged: string[] = [];
    await handlerNoting([], acknowledged)({ Records: [record("a"), record("b")] }, context);
    expect(acknowledged).toStrictEqual([]);
  });

  it("begins nothing with too little time left, and hands the rest back", async () => {
    const units: string[][] = [];
    const late = { ...context, getRemainingTimeInMillis: () => 5_000 };
    const answer = await handlerNoting(units)({ Records: [record("a"), record("s-1", 3)] }, late);
    expect([units, answer]).toStrictEqual([
      [],
      { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "s-1" }] },
    ]);
  });

  it("makes durable, and acknowledges, what has had no turn in eight receives", async () => {
    const [units, acknowledged, kept]: [string[][], string[], string[]] = [[], [], []];
    const late = { ...context, getRemainingTimeInMillis: () => 5_000 };
    const records = [record("a"), record("s-1", 7), record("s-2", 8), record("s-3", 10)];
    const answer = await handlerNoting(units, acknowledged, kept)({ Records: records }, late);
    expect([units, kept.toSorted(), acknowledged.toSorted(), answer]).toStrictEqual([
      [],
      ["s-2", "s-3"],
      ["handle-s-2", "handle-s-3"],
      { batchItemFailures: [{ itemIdentifier: "a" }, { itemIdentifier: "s-1" }] },
    ]);
  });

  it("takes the suspects in another order at each receive", async () => {
    const orders = await Promise.all(
      [3, 4, 5, 6].map(async (receiveCount) => {
        const units: string[][] = [];
        const names = ["s-1", "s-2", "s-3", "s-4", "s-5"];
        await handlerNoting(units)({ Records: names.map((name) => record(name, receiveCount)) }, context);
        return units.flat().join();
      }),
    );
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it("refuses an event of another shape by naming the field, and never prints its content", async () => {
    const wrong = {
      Records: [{ messageId: "a", receiptHandle: "h", body: { secret: "tel:+12025550143" }, attributes: {} }],
    };
    const refusal = expect(handlerNoting([])(wrong, context)).rejects;
    await refusal.toThrow("Records.body: expected string");
    await expect(handlerNoting([])(wrong, context)).rejects.not.toThrow("2025550143");
  });
});
