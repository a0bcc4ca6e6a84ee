import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { describe, expect, it, vi } from "vitest";
import type { DeadLetter } from "../../src/dead-letters/dead-letter.ts";
import type { Message } from "../../src/event/message.ts";
import type { Outcome } from "../../src/event/outcome.ts";
import { deadLetterBatch } from "../../src/runtime/dead-letter-batch.ts";
import { decodeOrThrow } from "../../src/runtime/decode-or-throw.ts";
import { firehoseTransform } from "../../src/runtime/firehose-transform.ts";
import { lambda } from "../../src/runtime/lambda.ts";
import { sqsBatch } from "../../src/runtime/sqs-batch.ts";
import { stateTask } from "../../src/runtime/state-task.ts";

const context = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 };

/** A second passes between any two looks at the time that is left. */
const runningOut = () => {
  let left = 60_000;
  const getRemainingTimeInMillis = (): number => {
    left -= 1_000;
    return left;
  };
  return { awsRequestId: "r-1", getRemainingTimeInMillis };
};

const letterRecord = (messageId: string, given: object = {}) => ({
  messageId,
  body: `body of ${messageId}`,
  eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:buffer-dead-letters",
  attributes: { ApproximateReceiveCount: "3", SentTimestamp: "1767603620723" },
  messageAttributes: {},
  ...given,
});

const streamRecord = (recordId: string) => ({ recordId, data: "e30=", approximateArrivalTimestamp: 5 });

describe("deadLetterBatch", () => {
  const run = async (records: ReadonlyArray<object>, fails: (letter: DeadLetter) => boolean = () => false) => {
    const seen: DeadLetter[] = [];
    const answer = await deadLetterBatch((letters) => () => async () => {
      seen.push(...letters);
      return letters.map(
        (message): Outcome =>
          fails(message)
            ? { _tag: "Failed", message, failure: "s3Unavailable" }
            : { _tag: "Parked", message, failure: "deadLetter" },
      );
    })({})({ Records: records }, context);
    return { seen, answer };
  };

  it("hands letters to the step with their queue and what the service said of them", async () => {
    const told = { ERROR_CODE: { stringValue: "NO_PERMISSIONS" }, ERROR_MESSAGE: {}, other: { stringValue: "x" } };
    const { seen } = await run([letterRecord("m-1"), letterRecord("m-2", { messageAttributes: told })]);
    const letter = { receivedAt: 1767603620723, receives: 3 };
    expect(seen).toStrictEqual([
      { messageId: "m-1", body: "body of m-1", ...letter, detail: "buffer-dead-letters: received too often" },
      { messageId: "m-2", body: "body of m-2", ...letter, detail: "buffer-dead-letters: NO_PERMISSIONS: " },
    ]);
  });

  it("takes a time that is none for the beginning of time", async () => {
    const attributes = { ApproximateReceiveCount: "1", SentTimestamp: "soon" };
    expect((await run([letterRecord("m", { attributes })])).seen).toMatchObject([{ receivedAt: 0, receives: 1 }]);
  });

  it("answers with the letters that have to stay in their queue, and only them", async () => {
    const { answer } = await run(
      ["m-1", "m-2", "m-3"].map((id) => letterRecord(id)),
      ({ messageId }) => messageId === "m-2",
    );
    expect(answer).toStrictEqual({ batchItemFailures: [{ itemIdentifier: "m-2" }] });
  });

  it.each([
    ["a record without its queue", [letterRecord("m", { eventSourceARN: undefined })], "Records.eventSourceARN"],
    ["a record without attributes", [letterRecord("m", { attributes: {} })], "ApproximateReceiveCount"],
    ["a record without a time", [letterRecord("m", { attributes: { ApproximateReceiveCount: "1" } })], "SentTimestamp"],
    ["a record without a body", [letterRecord("m", { body: 5 })], "Records.body"],
    ["a record without an id", [letterRecord("m", { messageId: 5 })], "Records.messageId"],
    ["attributes that are none", [letterRecord("m", { messageAttributes: { a: { stringValue: 5 } } })], "stringValue"],
  ])("refuses %s, naming what is wrong with it", async (_, records, named) => {
    await expect(run(records)).rejects.toThrow(named);
    await expect(run(records)).rejects.toThrow("not a valid DeadLetterEvent");
  });
});

describe("firehoseTransform", () => {
  const answers = [{ recordId: "r-1", result: "Dropped", data: "e30=" }] as const;

  it("answers what the step answers, as Firehose has to have it", async () => {
    const seen: unknown[] = [];
    const handler = firehoseTransform((records) => () => {
      seen.push(...records);
      return TE.right(answers);
    })({});
    expect([await handler({ records: [streamRecord("r-1")] }, context), seen]).toStrictEqual([
      { records: answers },
      [streamRecord("r-1")],
    ]);
  });

  it("fails as a whole under the error's own name, so that Firehose brings the batch again", async () => {
    const handler = firehoseTransform(() => () => TE.left({ _tag: "AdmissionLogUnavailable", reason: "away" }))({});
    await expect(handler({ records: [] }, context)).rejects.toThrow(
      expect.objectContaining({ name: "AdmissionLogUnavailable", message: "away" }),
    );
  });

  it.each([
    ["no records", {}, "records"],
    ["a record without data", { records: [{ ...streamRecord("r"), data: 5 }] }, "records.data"],
    ["a record without an id", { records: [{ ...streamRecord("r"), recordId: 5 }] }, "records.recordId"],
    [
      "a record without a time",
      { records: [{ ...streamRecord("r"), approximateArrivalTimestamp: "x" }] },
      "approximateArrivalTimestamp",
    ],
  ])("refuses %s", async (_, event, named) => {
    const handler = firehoseTransform(() => () => TE.right([]))({});
    await expect(handler(event, context)).rejects.toThrow(named);
    await expect(handler(event, context)).rejects.toThrow("not a valid FirehoseEvent");
  });
});

describe("stateTask", () => {
  const Input = t.type({ chunkId: t.string }, "Input");

  it("hands the input and what is left of the time to the step, and its answer back", async () => {
    const handler = stateTask(
      Input,
      ({ chunkId }) =>
        ({ timeLeft, own }: { timeLeft: () => number; own: string }) =>
          TE.right([chunkId, timeLeft(), timeLeft(), own]),
    )({ timeLeft: () => 0, own: "mine" });
    expect(await handler({ chunkId: "c-1", more: 1 }, runningOut())).toStrictEqual(["c-1", 59_000, 58_000, "mine"]);
  });

  it("fails under the name of the error, with everything else of it as the cause", async () => {
    const failure = { _tag: "GenesysRefused", status: 403, code: "no" } as const;
    const handler = stateTask(Input, () => () => TE.left(failure))({});
    await expect(handler({ chunkId: "c" }, context)).rejects.toThrow(
      expect.objectContaining({ name: "GenesysRefused", message: '{"status":403,"code":"no"}' }),
    );
  });

  it("refuses an input of another form", async () => {
    await expect(stateTask(Input, () => () => TE.right(1))({})({ chunkId: 5 }, context)).rejects.toThrow(
      "not a valid Input:\n  chunkId: expected string",
    );
  });
});

describe("a step that throws", () => {
  const boom = new Error("a bug of ours");
  const throwing = () => (): never => {
    throw boom;
  };
  const rejecting = () => () => async (): Promise<never> => {
    throw boom;
  };
  const sqsRecord = (messageId: string, receiveCount: number) => ({
    messageId,
    receiptHandle: `handle-${messageId}`,
    body: "{}",
    attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: "1767603620723" },
  });

  it.each([
    ["at once", throwing],
    ["when it is awaited", rejecting],
  ])("%s fails the invocation of every entry point, and acknowledges nothing", async (_, step) => {
    const acknowledged: string[] = [];
    const acknowledge = (handles: ReadonlyArray<string>) => async () => void acknowledged.push(...handles);
    const never = () => () => async (): Promise<ReadonlyArray<Outcome>> => expect.fail("keeps nothing");
    const invocations = [
      sqsBatch(step, never)({ acknowledge })({ Records: [sqsRecord("a", 1), sqsRecord("b", 9)] }, context),
      deadLetterBatch(step)({})({ Records: [letterRecord("m-1")] }, context),
      firehoseTransform(step)({})({ records: [streamRecord("r-1")] }, context),
      stateTask(t.unknown, step)({})({}, context),
    ];
    expect(await Promise.allSettled(invocations)).toStrictEqual(
      invocations.map(() => ({ status: "rejected", reason: boom })),
    );
    expect(acknowledged).toStrictEqual([]);
  });

  it("on its second unit leaves acknowledged what the first has settled, and nothing else", async () => {
    const acknowledged: string[] = [];
    const handler = sqsBatch(
      (messages: ReadonlyArray<Message>) => () => async (): Promise<ReadonlyArray<Outcome>> => {
        if (messages.some(({ messageId }) => messageId === "killer")) throw boom;
        return messages.map((message) => ({ _tag: "Delivered", message, recorded: true }));
      },
      () => () => async () => [],
    )({ acknowledge: (handles) => async () => void acknowledged.push(...handles) });
    await expect(handler({ Records: [sqsRecord("a", 1), sqsRecord("killer", 3)] }, context)).rejects.toThrow(boom);
    expect(acknowledged).toStrictEqual(["handle-a"]);
  });

  it("while it keeps what there was no time for acknowledges none of it", async () => {
    const acknowledged: string[] = [];
    const handler = sqsBatch(
      () => () => async () => [],
      rejecting,
    )({ acknowledge: (handles) => async () => void acknowledged.push(...handles) });
    const late = { ...context, getRemainingTimeInMillis: () => 0 };
    await expect(handler({ Records: [sqsRecord("a", 1), sqsRecord("b", 8)] }, late)).rejects.toThrow(boom);
    expect(acknowledged).toStrictEqual([]);
  });
});

describe("lambda", () => {
  const runtime = {
    AWS_REGION: "eu-central-1",
    AWS_LAMBDA_FUNCTION_NAME: "f",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
  };

  it("builds a handler of one container out of its variables, and refuses others by name", async () => {
    const { create } = lambda(t.type({ TABLE: t.string }, "OwnEnvironment"), ({ TABLE, AWS_REGION }) => async () => [
      TABLE,
      AWS_REGION,
    ]);
    expect(await create({ ...runtime, TABLE: "t" })({}, context)).toStrictEqual(["t", "eu-central-1"]);
    expect(() => create(runtime)).toThrow("not a valid OwnEnvironment:\n  TABLE: expected string");
  });

  it("builds what AWS calls on its first use, and once", async () => {
    let built = 0;
    const { handler } = lambda(t.type({ FLOODGATE_TEST: t.string }), ({ FLOODGATE_TEST }) => {
      built += 1;
      return async (event) => [event, FLOODGATE_TEST];
    });
    const before = built;
    for (const [name, value] of Object.entries({ ...runtime, FLOODGATE_TEST: "x" })) vi.stubEnv(name, value);
    try {
      expect([before, await handler(1, context), await handler(2, context), built]).toStrictEqual([
        0,
        [1, "x"],
        [2, "x"],
        1,
      ]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("decodeOrThrow", () => {
  const Thing = t.type({ "": t.string, list: t.array(t.type({ id: t.string })), 7: t.number }, "Thing");

  it("names all mistakes at once by their paths, without places in lists, and never a value", () => {
    const wrong = { "": 1, list: [...Array(12).fill({ id: "x" }), { id: "x" }, { id: 5 }], 7: "secret" };
    expect(() => decodeOrThrow(Thing, wrong)).toThrow(
      "not a valid Thing:\n  : expected number\n  : expected string\n  list.13.id: expected string",
    );
  });

  it("answers what was decoded", () => {
    expect(decodeOrThrow(t.strict({ a: t.string }), { a: "x", b: 1 })).toStrictEqual({ a: "x" });
  });
});
