import { gzipSync } from "node:zlib";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { readChunkItem, toChunkItem } from "../../../src/failed/adapters/failed-chunk-item.ts";
import { failedEventsStore } from "../../../src/failed/adapters/failed-events-store.ts";
import { stepFunctionsRetries } from "../../../src/failed/adapters/step-functions-retries.ts";
import type { FailedChunk } from "../../../src/failed/failed-chunk.ts";
import { toFailedEvent } from "../../../src/failed/failed-event.ts";
import { message, receivedAt } from "../../support/builders.ts";
import { answeringCloud, type Call, failure, objectFailure, ok } from "../../support/cloud/answering-cloud.ts";

const chunk: FailedChunk = {
  chunkId: "c-1",
  attempt: 2,
  status: "retrying",
  failure: "firehoseThrottled",
  object: "failed/2026-01-05/c-1.1.jsonl.gz",
  events: 3,
  createdAt: receivedAt,
  isCanary: true,
  dueAt: receivedAt + 1,
};

describe("an index item", () => {
  it.each<[string, FailedChunk]>([
    ["of a canary", chunk],
    ["of any other chunk", { ...chunk, isCanary: false }],
    ["of a parked chunk", { ...chunk, status: "parked", isCanary: false, failure: "malformed" }],
  ])("%s is read back as it was written", (_, given) => {
    expect(readChunkItem(toChunkItem(given))).toStrictEqual(given);
  });

  it("stands in the index of due chunks only while the chunk is retried", () => {
    const keys = (given: FailedChunk) => Object.keys(toChunkItem(given)).filter((key) => /shard|canary/i.test(key));
    expect([keys(chunk), keys({ ...chunk, status: "parked", isCanary: false })]).toStrictEqual([
      ["canary", "dueShard"],
      [],
    ]);
  });

  it("of a release to come is read as far as it is known", () => {
    const item = {
      ...toChunkItem(chunk),
      reason: { S: "newReason" },
      status: { S: "newStatus" },
      createdAt: { S: "x" },
    };
    expect(readChunkItem({ ...item, dueAt: { S: "x" } })).toStrictEqual({
      ...chunk,
      failure: "unknown",
      createdAt: 0,
      dueAt: 0,
    });
  });

  it.each(["chunkId", "attempt", "status", "reason", "object", "events", "createdAt", "dueAt"])(
    "without %s is none",
    (name) => {
      const { [name]: _, ...item } = toChunkItem(chunk);
      expect([readChunkItem(item), readChunkItem({ ...item, [name]: { BOOL: true } })]).toStrictEqual([
        undefined,
        undefined,
      ]);
    },
  );

  it("with a mark of another type is none", () => {
    expect(readChunkItem({ ...toChunkItem(chunk), canary: { S: "yes" } })).toBeUndefined();
  });
});

describe("failed events in table and bucket", () => {
  const cloud = answeringCloud();
  const store = () =>
    failedEventsStore(
      { dynamoDb: cloud.dynamoDb(), s3: cloud.s3(), bucket: "events", table: "failed-events" },
      { now: () => receivedAt },
    );
  const operations = () =>
    cloud.calls().map(({ operation }) => operation.replace(/\?.*$/, "").replace(/[0-9a-f-]{32,36}/, "<id>"));
  const events = [toFailedEvent(message("x"), "unknown")];
  const isTable = ({ operation }: Call): boolean => !operation.includes("/");
  const stored = (given: FailedChunk) => ok({ Item: toChunkItem(given) });

  it("write the object first, then the index item, and nothing to the table when the object could not be written", async () => {
    cloud.answer((call) => (isTable(call) ? ok() : { status: 200, body: "" }));
    await store().keepForRetry("unknown", events, receivedAt + 5, { chunkId: "c-9" })();
    expect(operations()).toStrictEqual(["PUT /events/failed/2026-01-05/c-9.0.jsonl.gz", "PutItem"]);
    cloud.answer(objectFailure(503, "SlowDown"));
    expect(await store().keepForRetry("unknown", events, receivedAt)()).toStrictEqual(
      E.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "SlowDown: a failure of the test" }),
    );
    expect(operations().filter((operation) => operation === "PutItem")).toHaveLength(1);
  });

  it("are not stored when the table takes no index item", async () => {
    cloud.answer((call) => (isTable(call) ? failure(400, "ThrottlingException", "slow") : { status: 200, body: "" }));
    const unavailable = E.left({
      _tag: "FailedEventsUnavailable",
      failure: "dynamodbUnavailable",
      reason: "ThrottlingException: slow",
    });
    const all = store();
    expect([
      await all.keepForRetry("unknown", events, receivedAt)(),
      await all.parkEvents("malformed", events)(),
      await all.claimChunk(chunk, receivedAt)(),
      await all.findChunk("c-1")(),
      await all.loadChunk("c-1")(),
      await all.findDueChunks(receivedAt, 5)(),
      await all.parkChunk("c-1")(),
      await all.unparkChunk("c-1", receivedAt)(),
      await all.deleteChunk(chunk)(),
      await all.shrinkChunk(chunk, [])(),
      await all.replaceChunk(chunk, { events, failure: "unknown", dueAt: 1, isParked: false })(),
    ]).toStrictEqual(Array(11).fill(unavailable));
    // What the index may still point to has to stay.
    expect(operations().filter((operation) => operation.startsWith("DELETE"))).toStrictEqual([]);
  });

  it("take no chunk for stored under an id that the table no longer knows, or that is somebody else's", async () => {
    cloud.answer((call) => {
      if (!isTable(call)) return { status: 200, body: "" };
      return call.operation === "PutItem" ? failure(400, "ConditionalCheckFailedException") : ok();
    });
    const taken = E.left({
      _tag: "FailedEventsUnavailable",
      failure: "dynamodbUnavailable",
      reason: "other chunks lie under the ids that this one may have",
    });
    expect([await store().parkEvents("malformed", events)(), operations().length]).toStrictEqual([taken, 24]);
  });

  it("are read strongly consistently, and an item of another kind is no chunk", async () => {
    cloud.answer(ok({ Item: { chunkId: { S: "breaker#sink" } } }));
    expect(await store().findChunk("breaker#sink")()).toStrictEqual(E.right(undefined));
    expect(cloud.calls()[0]?.input).toStrictEqual({
      TableName: "failed-events",
      Key: { chunkId: { S: "breaker#sink" } },
      ConsistentRead: true,
    });
  });

  it("are due oldest first over all shards, and anything else in the index is passed over", async () => {
    const due = (chunkId: string, dueAt: number) => toChunkItem({ ...chunk, chunkId, dueAt });
    const shards: Record<string, object[]> = {
      "retrying#0": [due("c-3", 3_000), due("c-5", 5_000)],
      "retrying#1": [due("c-1", 1_000), { chunkId: { S: "odd" } }],
      "retrying#3": [due("c-2", 2_000)],
    };
    cloud.answer((call) => {
      const values = call.input["ExpressionAttributeValues"] as Record<":shard", { S: string }>;
      const items = shards[values[":shard"].S];
      return ok(items === undefined ? {} : { Items: items });
    });
    expect(await store().findDueChunks(receivedAt, 3)()).toStrictEqual(
      E.right(["c-1", "c-2", "c-3"].map((chunkId) => ({ chunkId, attempt: 2 }))),
    );
    expect(cloud.calls().map(({ input }) => [input["IndexName"], input["Limit"]])).toStrictEqual(
      Array(4).fill(["due", 3]),
    );
  });

  it.each([
    ["is gone", () => objectFailure(404, "NoSuchKey"), "NoSuchKey: a failure of the test"],
    [
      "holds something else",
      () => ({ status: 200, body: gzipSync('{"v":1}\n') }),
      "Error: a line of a failed chunk is not a FailedEvent",
    ],
    ["is not gzip", () => ({ status: 200, body: "plain text" }), "Error: incorrect header check"],
  ])("cannot be read by any retry when the object %s, and say which", async (_, answer, reason) => {
    cloud.answer((call) => (isTable(call) ? stored(chunk) : answer()));
    expect(await store().loadChunk("c-1")()).toStrictEqual(
      E.left({
        _tag: "FailedEventsUnavailable",
        failure: "s3Unavailable",
        reason: expect.stringContaining(reason),
        unreadableObject: chunk.object,
      }),
    );
  });

  it("may be read by another retry when S3 does not answer", async () => {
    cloud.answer((call) => (isTable(call) ? stored(chunk) : objectFailure(503, "SlowDown")));
    expect(await store().loadChunk("c-1")()).toStrictEqual(
      E.left({ _tag: "FailedEventsUnavailable", failure: "s3Unavailable", reason: "SlowDown: a failure of the test" }),
    );
  });

  it("are settled though their object cannot be removed", async () => {
    cloud.answer((call) => (isTable(call) ? ok() : objectFailure(503, "SlowDown")));
    expect(await store().deleteChunk(chunk)()).toStrictEqual(E.right(true));
    expect(operations()).toStrictEqual(["DeleteItem", `DELETE /events/${chunk.object}`]);
  });

  it("keep the object of a chunk whose attempt is somebody else's", async () => {
    cloud.answer((call) =>
      isTable(call) ? failure(400, "ConditionalCheckFailedException") : { status: 200, body: "" },
    );
    const all = store();
    const remainder = { events, failure: "unknown", dueAt: 1, isParked: false } as const;
    expect([
      await all.deleteChunk(chunk)(),
      await all.shrinkChunk(chunk, [])(),
      await all.shrinkChunk(chunk, events)(),
      await all.replaceChunk(chunk, remainder)(),
    ]).toStrictEqual(Array(4).fill(E.right(false)));
    expect(operations().filter((operation) => operation.startsWith("DELETE"))).toStrictEqual([]);
  });

  it("keep the object that a repeated attempt has written already, and remove the one before it", async () => {
    cloud.answer((call) => (isTable(call) ? ok() : { status: 200, body: "" }));
    const remainder = { events, failure: "unknown", dueAt: 1, isParked: false } as const;
    const own = "failed/2026-01-05/c-1.2.jsonl.gz";
    await store().replaceChunk({ ...chunk, object: own }, remainder)();
    const repeated = operations();
    await store().replaceChunk(chunk, remainder)();
    expect([repeated, operations().slice(repeated.length)]).toStrictEqual([
      [`PUT /events/${own}`, "UpdateItem"],
      [`PUT /events/${own}`, "UpdateItem", `DELETE /events/${chunk.object}`],
    ]);
  });

  it("remove a chunk out of which the last event was taken", async () => {
    cloud.answer((call) => (isTable(call) ? ok() : { status: 200, body: "" }));
    expect(await store().shrinkChunk({ ...chunk, status: "parked" }, [])()).toStrictEqual(E.right(true));
    expect(operations()).toStrictEqual(["DeleteItem", `DELETE /events/${chunk.object}`]);
  });
});

describe("stepFunctionsRetries", () => {
  const cloud = answeringCloud();
  const arn = "arn:aws:states:eu-central-1:000000000000:stateMachine:retry-failed-events";

  it("start the machine with the chunk and its attempt, and answer whether it was started", async () => {
    cloud.answer(ok({ executionArn: "x", startDate: 1 }));
    const { startRetry } = stepFunctionsRetries(cloud.environment(), arn);
    const started = await startRetry({ chunkId: "c-1", attempt: 2 })();
    cloud.answer(failure(400, "StateMachineDoesNotExist"));
    expect([started, await startRetry({ chunkId: "c-1", attempt: 2 })()]).toStrictEqual([true, false]);
    expect(cloud.calls()[0]).toStrictEqual({
      operation: "StartExecution",
      input: { stateMachineArn: arn, input: '{"chunkId":"c-1","attempt":2}' },
    });
  });
});
