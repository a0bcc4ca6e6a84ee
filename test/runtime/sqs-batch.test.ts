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

  it("hands messages to the step as they are, with their trace where they have one", async () => {
    const seen: Message[] = [];
    const handler = sqsBatch(
      (messages: ReadonlyArray<Message>) => () => async (): Promise<ReadonlyArray<Outcome>> => {
        seen.push(...messages);
        return [];
      },
      () => () => async () => [],
    )({ acknowledge: () => async () => undefined });
    const traced = { ...record("b", 2), body: "text" };
    const attributes = { ...traced.attributes, AWSTraceHeader: "Root=1", SentTimestamp: "soon" };
    await handler({ Records: [record("a"), { ...traced, attributes }] }, context);
    expect(seen).toStrictEqual([
      { messageId: "a", body: "{}", receivedAt: 1767603620723, receives: 1 },
      { messageId: "b", body: "text", receivedAt: 0, receives: 2, trace: "Root=1" },
    ]);
  });

  it.each([
    ["its count", { SentTimestamp: "1" }, "ApproximateReceiveCount"],
    ["its time", { ApproximateReceiveCount: "1" }, "SentTimestamp"],
    ["a trace that is none", { ApproximateReceiveCount: "1", SentTimestamp: "1", AWSTraceHeader: 5 }, "AWSTraceHeader"],
  ])("refuses a record by naming %s", async (_, attributes, named) => {
    const wrong = { Records: [{ ...record("a"), attributes }] };
    await expect(handlerNoting([])(wrong, context)).rejects.toThrow(named);
    await expect(handlerNoting([])(wrong, context)).rejects.toThrow("not a valid SqsEvent");
  });

  /** Runs a batch whose units do `look` with what they are told of their time. */
  const runLooking = async (
    records: ReadonlyArray<ReturnType<typeof record>>,
    look: (timeLeft: () => number) => void,
    given = context,
  ): Promise<void> => {
    await sqsBatch(
      (messages: ReadonlyArray<Message>) =>
        ({ timeLeft }: { readonly timeLeft: () => number }) =>
        async (): Promise<ReadonlyArray<Outcome>> => {
          look(timeLeft);
          return messages.map((message) => ({ _tag: "Delivered", message, recorded: true }));
        },
      () => () => async () => [],
    )({ acknowledge: () => async () => undefined })({ Records: records }, given);
  };

  /** How much time each unit is told that it has, of 60 seconds. */
  const timesOf = async (...records: ReadonlyArray<ReturnType<typeof record>>) => {
    const times: number[] = [];
    await runLooking(records, (timeLeft) => void times.push(timeLeft()));
    return times;
  };

  it("keeps 20 seconds for suspects while a whole batch is handled, and for nobody else", async () => {
    expect([
      await timesOf(record("a"), record("b"), record("s-1", 3), record("s-2", 3)),
      await timesOf(record("a"), record("b")),
      await timesOf(record("a"), record("s-1", 3)),
      await timesOf(record("s-1", 3), record("s-2", 3)),
      await timesOf(record("s-1", 3)),
    ]).toStrictEqual([[40_000, 60_000, 60_000], [60_000], [60_000, 60_000], [60_000, 60_000], [60_000]]);
  });

  it("tells a unit the time that is left now, whenever it asks", async () => {
    let left = 60_000;
    const times: number[] = [];
    const lookTwice = (timeLeft: () => number): void => {
      times.push(timeLeft());
      left = 7_000;
      times.push(timeLeft());
    };
    await runLooking([record("a")], lookTwice, { ...context, getRemainingTimeInMillis: () => left });
    expect(times).toStrictEqual([60_000, 7_000]);
  });

  it("begins a unit with just enough time left, and none with less", async () => {
    const unitsWith = async (left: number) => {
      const units: string[][] = [];
      await handlerNoting(units)({ Records: [record("a")] }, { ...context, getRemainingTimeInMillis: () => left });
      return units.length;
    };
    expect([await unitsWith(15_000), await unitsWith(14_999)]).toStrictEqual([1, 0]);
  });

  it("acknowledges nothing where nothing was settled, and keeps nothing where nothing is left", async () => {
    const calls: number[] = [];
    const failing = sqsBatch(
      (messages: ReadonlyArray<Message>) => () => async (): Promise<ReadonlyArray<Outcome>> =>
        messages.map((message) => ({ _tag: "Failed", message, failure: "unknown" })),
      () => () => async () => expect.fail("keeps nothing"),
    )({ acknowledge: (handles) => async () => void calls.push(handles.length) });
    await failing({ Records: [record("s-1", 3), record("s-2", 3)] }, context);
    expect(calls).toStrictEqual([]);
  });
});
