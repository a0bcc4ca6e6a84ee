import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { firehoseDeliveryStream } from "../../../src/delivery/adapters/firehose-delivery-stream.ts";
import { pacedStream } from "../../../src/delivery/adapters/paced-stream.ts";
import { sqsBuffer } from "../../../src/delivery/adapters/sqs-buffer.ts";
import { streamLimits } from "../../../src/delivery/ports.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

describe("the Firehose stream", () => {
  const cloud = answeringCloud();
  const stream = () => firehoseDeliveryStream(cloud.firehose(), "events");

  it("takes records as they are, and says of each whether it was taken", async () => {
    cloud.answer(
      ok({
        FailedPutCount: 2,
        RequestResponses: [
          { RecordId: "1" },
          { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." },
          { ErrorCode: "InternalFailure" },
        ],
      }),
    );
    expect(await stream().putRecords(["a", "b", "ü", "d"])()).toStrictEqual(
      E.right([
        undefined,
        { _tag: "StreamThrottled", reason: "ServiceUnavailableException: Slow down." },
        { _tag: "StreamUnavailable", reason: "InternalFailure: " },
        { _tag: "StreamUnavailable", reason: "no answer for this record" },
      ]),
    );
    expect(cloud.calls()).toStrictEqual([
      {
        operation: "PutRecordBatch",
        input: {
          DeliveryStreamName: "events",
          Records: ["a", "b", "ü", "d"].map((text) => ({ Data: Buffer.from(text).toString("base64") })),
        },
      },
    ]);
  });

  it("has taken nothing, as far as anybody knows, when its answer says nothing", async () => {
    cloud.answer(ok());
    expect(await stream().putRecords(["a"])()).toStrictEqual(
      E.right([{ _tag: "StreamUnavailable", reason: "no answer for this record" }]),
    );
  });

  it.each([
    ["ServiceUnavailableException", "StreamThrottled"],
    ["LimitExceededException", "StreamThrottled"],
    ["ThrottlingException", "StreamThrottled"],
    ["ResourceNotFoundException", "StreamRefused"],
    ["InvalidArgumentException", "StreamRefused"],
    ["InvalidKMSResourceException", "StreamRefused"],
    ["AccessDeniedException", "StreamRefused"],
    ["InternalServerError", "StreamUnavailable"],
    ["SomethingNew", "StreamUnavailable"],
  ])("takes %s for %s", async (name, tag) => {
    cloud.answer(failure(400, name, "why"));
    expect(await stream().putRecords(["a"])()).toStrictEqual(E.left({ _tag: tag, reason: `${name}: why` }));
  });

  it("keeps no turns, and takes as much as Firehose does", () => {
    expect([stream().turnIn(1e9), stream().limits]).toStrictEqual([0, streamLimits]);
  });
});

describe("pacedStream", () => {
  const scene = (bytesPerSecond: number) => {
    const slept: number[] = [];
    let now = 1_000;
    const taken: string[] = [];
    const stream = pacedStream(
      {
        limits: { count: 500, bytes: 4_000 },
        turnIn: () => 0,
        putRecords: (records) => {
          taken.push(...records);
          return TE.right(records.map(() => undefined));
        },
      },
      bytesPerSecond,
      {
        now: () => now,
        sleep: (milliseconds) => async () => {
          slept.push(milliseconds);
          now += milliseconds;
        },
      },
    );
    return {
      stream,
      slept,
      taken,
      later: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  };

  it("takes as much at once as passes in a quarter of a second, and never more than the stream does", () => {
    expect([scene(1_000).stream.limits, scene(100_000).stream.limits]).toStrictEqual([
      { count: 500, bytes: 250 },
      { count: 500, bytes: 4_000 },
    ]);
  });

  it("lets each batch wait for the time that those before it need, and passes its answer on", async () => {
    const { stream, slept, taken } = scene(1_000);
    expect(await stream.putRecords(["x".repeat(100), "ü".repeat(50)])()).toStrictEqual(E.right([undefined, undefined]));
    await stream.putRecords(["y".repeat(50)])();
    await stream.putRecords(["z"])();
    expect([slept, taken.map((record) => record.length)]).toStrictEqual([
      [200, 50],
      [100, 50, 50, 1],
    ]);
  });

  it("says how long a turn would take, with so many bytes before it", async () => {
    const { stream, later } = scene(1_000);
    const turns = [stream.turnIn(0), stream.turnIn(500)];
    await stream.putRecords(["x".repeat(200)])();
    turns.push(stream.turnIn(0), stream.turnIn(500));
    later(150);
    turns.push(stream.turnIn(0));
    later(100);
    turns.push(stream.turnIn(0));
    expect(turns).toStrictEqual([0, 500, 200, 700, 50, 0]);
  });

  it("does not save up time in which nothing came", async () => {
    const { stream, slept, later } = scene(1_000);
    later(60_000);
    await stream.putRecords(["x".repeat(200)])();
    await stream.putRecords(["y"])();
    expect(slept).toStrictEqual([200]);
  });
});

describe("the buffer", () => {
  const cloud = answeringCloud();
  const handles = Array.from({ length: 12 }, (_, index) => `handle-${index}`);

  it("acknowledges messages ten a call, and goes on when a call fails: they come back", async () => {
    cloud.answer(failure(400, "ThrottlingException"), ok({ Successful: [], Failed: [] }));
    const url = `${cloud.endpoint()}/000000000000/buffer`;
    await sqsBuffer({ ...cloud.environment() }, url).acknowledge(handles)();
    const calls = cloud.calls().filter(({ operation }) => operation === "DeleteMessageBatch");
    const entries = calls.map(({ input }) => input["Entries"] as { Id: string; ReceiptHandle: string }[]);
    const distinct = new Set(entries.flat().map(({ ReceiptHandle }) => ReceiptHandle));
    expect([calls[0]?.input["QueueUrl"], entries[0]?.length, entries.at(-1), distinct]).toStrictEqual([
      url,
      10,
      [
        { Id: "0", ReceiptHandle: "handle-10" },
        { Id: "1", ReceiptHandle: "handle-11" },
      ],
      new Set(handles),
    ]);
  });

  it("asks for nothing without messages", async () => {
    await sqsBuffer({ ...cloud.environment() }, `${cloud.endpoint()}/0/buffer`).acknowledge([])();
    expect(cloud.calls()).toStrictEqual([]);
  });
});
