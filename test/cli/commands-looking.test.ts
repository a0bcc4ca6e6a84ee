import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { command as find } from "../../cli/find/find.ts";
import type { FoundEvent } from "../../cli/find/found-event.ts";
import { command as dropped } from "../../cli/flow/dropped.ts";
import { command as map } from "../../cli/map/map.ts";
import { command as status } from "../../cli/status/status.ts";
import { queueId } from "../../local/genesys/organisation.ts";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { type Decision, minuteName, minuteOf, queueBytes } from "../../src/admission/admission-log.ts";
import { dynamodbDeliveries } from "../../src/delivery/adapters/dynamodb-deliveries.ts";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { envelope, eventOf, message } from "../support/builders.ts";
import { failedEvent, failedOf } from "../support/cloud/failed-of-stack.ts";
import { localStack } from "../support/cloud/local-stack.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

describe("commands that look", () => {
  const stack = localStack();
  const dynamoDb = () => new DynamoDBClient(stack.client());
  const refreshed = async (): Promise<void> => {
    expect((await stack.call(map, "refresh", "--json")).code).toBe(0);
  };

  const outcomesOf = async (wanted: string): Promise<ReadonlyArray<readonly [string, string | null]>> => {
    const { events } = Object((await stack.call(find, wanted, "--json")).answer);
    return events.map(({ outcome, reason }: FoundEvent) => [outcome, reason]);
  };

  it("status counts what is retried and parked by reason, with the time of the next attempt", async () => {
    const store = failedOf(stack);
    const now = Date.now();
    await store.parkEvents(
      "malformed",
      ["m1", "m2"].map((name) => failedEvent("malformed", name)),
    )();
    await store.parkEvents("malformed", [failedEvent("malformed", "m3", { receivedAt: now - day })])();
    await store.parkEvents("deadLetter", [failedEvent("deadLetter", "d1")])();
    await store.keepForRetry(
      "timeout",
      ["t1", "t2"].map((name) => failedEvent("timeout", name)),
      now + 50 * minute,
    )();
    await store.keepForRetry("firehoseThrottled", [failedEvent("firehoseThrottled", "f1")], now + 40 * minute)();
    const { code, answer } = await stack.call(status, "--json");
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      backlog: { waiting: 0, processing: 0 },
      parked: { events: 4, chunks: 3, byReason: { malformed: 3, deadLetter: 1 } },
      retrying: { events: 3, chunks: 2, byReason: { timeout: 2, firehoseThrottled: 1 }, nextAt: now + 40 * minute },
      mapping: { state: "Enabled" },
      breakers: [],
      errors: { objects: 0, records: 0 },
      isGood: false,
    });
  });

  it("status counts a minute of the last five, of what the batch processor and what the transform publish", async () => {
    const { processBatchFunction, transformRecordsFunction } = await stack.outputs();
    const publish = (service: string, counts: Readonly<Record<string, number>>): void => {
      const names = Object.keys(counts).map((Name) => ({ Name }));
      const metric = { Timestamp: Date.now(), CloudWatchMetrics: [{ Metrics: names }] };
      stack.cloud().metrics.read(JSON.stringify({ _aws: metric, service, ...counts }));
    };
    publish(processBatchFunction, { delivered: 50, duplicates: 20, retrying: 10, parked: 5, failed: 15 });
    publish(transformRecordsFunction, { admitted: 100, lowPriority: 25, rateLimited: 30 });
    const { answer } = await stack.call(status, "--json");
    expect(Object(answer).perMinute).toStrictEqual({
      delivered: 10,
      duplicates: 4,
      retrying: 2,
      parked: 1,
      failed: 3,
      admitted: 20,
      lowPriority: 5,
      rateLimited: 6,
    });
  });

  it("map shows the highest priority first, and by name within one", async () => {
    await refreshed();
    const { code, answer } = await stack.call(map, "show", "--json");
    const { queues } = Object(answer);
    const order = queues.map(({ priority, name }: { priority: number; name: string }) => [priority, name] as const);
    const sorted = [...order].toSorted(([a, one], [b, other]) => b - a || one.localeCompare(other));
    expect([code, queues.length, order]).toStrictEqual([0, 200, sorted]);
  });

  it("map explains a queue by its id and by its name, with the rule that decided", async () => {
    await refreshed();
    const of = async (queue: string) => {
      const { code, answer } = await stack.call(map, "explain", queue, "--json");
      const { id, name, priority, rule, because } = Object(answer);
      return { code, id, name, priority, rule, because };
    };
    const vip = { code: 0, id: queueId(8), name: "VIP 8", priority: 3, rule: 4 };
    const because = { scoringMethod: "TimestampAndPriority", priority: 3 };
    expect([await of(queueId(8)), await of(" vip 8"), await of("Returns 63"), await of("Billing 10")]).toMatchObject([
      { ...vip, because },
      { ...vip, because },
      { priority: 5, rule: 3, because: { scoringMethod: "PriorityOnly", priority: 5 } },
      { priority: 1, rule: 0, because: null },
    ]);
    expect((await stack.call(map, "explain", "Nowhere", "--json")).code).toBe(1);
  });

  it("dropped counts by decision, and takes a queue by its id or its name, also one that no map knows", async () => {
    await refreshed();
    const at = Math.floor(Date.now() / minute) * minute - 30 * minute;
    const decisions: ReadonlyArray<readonly [number, Decision]> = [
      [1, "admitted"],
      [1, "rateLimited"],
      [1, "rateLimited"],
      [2, "lowPriority"],
      [999, "admitted"],
    ];
    const entries = decisions.map(([queue, decision], key) => ({
      queue: queueBytes(queueId(queue)),
      second: 1,
      decision,
      key,
    }));
    const log = dynamodbAdmissionLog({ dynamoDb: dynamoDb(), table: "admission-log" });
    await log.appendToLog(minuteName(minuteOf(at)), { n: 1, expiresAt: Date.now() + day, entries })();
    const rows = async (...queue: ReadonlyArray<string>) => {
      const since = ["--since", new Date(at).toISOString(), "--until", new Date(at + 1).toISOString()];
      return Object((await stack.call(dropped, ...queue, ...since, "--json")).answer).minutes;
    };
    const first = {
      minute: minuteName(minuteOf(at)),
      queueId: queueId(1),
      name: "Support 1",
      seen: 3,
      admitted: 1,
      lowPriority: 0,
      rateLimited: 2,
    };
    const second = {
      ...first,
      queueId: queueId(2),
      name: "Sales 2",
      seen: 1,
      admitted: 0,
      lowPriority: 1,
      rateLimited: 0,
    };
    // No map knows it any more, so that the log's own name of it is all there is.
    const unknown = { ...second, queueId: queueBytes(queueId(999)), name: "", admitted: 1, lowPriority: 0 };
    expect([
      await rows(),
      await rows("--queue", queueId(1)),
      await rows("--queue", "sales 2"),
      await rows("--queue", queueId(999)),
      await rows("--queue", "Claims 4"),
    ]).toStrictEqual([[first, second, unknown], [first], [second], [unknown], []]);
  });

  it("find names the prefix of the day on which an event was delivered, however long ago that was", async () => {
    const deliveredAt = Date.now() - 3 * day;
    const iso = (time: number): { S: string } => ({ S: new Date(time).toISOString() });
    const Item = {
      eventKey: { S: "0123456789abcdef0123456789abcdef" },
      conversationId: { S: "c-old" },
      messageId: { S: "m-old" },
      type: { S: "acd.end" },
      eventTime: iso(deliveredAt - 1_000),
      receivedAt: iso(deliveredAt - 500),
      deliveredAt: iso(deliveredAt),
    };
    await dynamoDb().send(new PutItemCommand({ TableName: "deliveries", Item }));
    const { answer } = await stack.call(find, "c-old", "--json");
    const date = new Date(deliveredAt - 1_000).toISOString().slice(0, 10);
    expect(Object(answer).events).toMatchObject([
      { outcome: "delivered", messageId: "m-old", prefix: expect.stringContaining(`type=acd.end/dt=${date}/`) },
    ]);
  });

  it("find says of what Firehose took and gave up on where it lies, and no more that it was delivered", async () => {
    const event = eventOf(message(envelope("acd.end", { eventTime: Date.now(), conversationId: "c-given-up" })));
    const table = { dynamoDb: dynamoDb(), table: "deliveries" };
    expect(
      await dynamodbDeliveries(table, { ...systemClock, random: Math.random }).recordDeliveries([event])(),
    ).toStrictEqual([]);
    expect(await outcomesOf("c-given-up")).toStrictEqual([["delivered", null]]);
    const record = JSON.stringify({ rawData: Buffer.from(deliveredLine(event)).toString("base64") });
    const s3 = new S3Client({ ...stack.client(), forcePathStyle: true });
    const object = { Bucket: "floodgate-events", Key: "errors/processing-failed/given-up" };
    await s3.send(new PutObjectCommand({ ...object, Body: record }));
    expect(await outcomesOf("c-given-up")).toStrictEqual([["parked", "firehose:processing-failed"]]);
    // `status` counts what lies there, in whatever order the tests run.
    await s3.send(new DeleteObjectCommand(object));
  });
});
