import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { queueId } from "../../../local/genesys/organisation.ts";
import { deliveredLine } from "../../../src/delivery/delivered-line.ts";
import { failureClasses } from "../../../src/event/failure.ts";
import { failedEventsStore } from "../../../src/failed/adapters/failed-events-store.ts";
import { toFailedEvent } from "../../../src/failed/failed-event.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { envelope, eventOf, message } from "../../support/builders.ts";
import { clientOf, type Dev, floodgate, floodgateJson, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

// A story on one running stack: its scenes follow each other, whatever order is asked for.
describe("floodgate failed against a running floodgate dev", { shuffle: false }, () => {
  let dev: Dev;
  const at = () => ["--outputs", dev.outputs];
  const json = (...args: ReadonlyArray<string>) => floodgateJson(...args, ...at());
  const store = () =>
    failedEventsStore(
      {
        dynamoDb: new DynamoDBClient(clientOf(dev)),
        s3: new S3Client(clientOf(dev)),
        bucket: "floodgate-events",
        table: "failed-events",
      },
      systemClock,
    );

  beforeAll(async () => {
    dev = await startDev(newFolder());
    // Paused, so that the minute's redrive leaves to these tests what they bring back.
    await json("pause");
  });
  afterAll(() => dev.stop());

  it("lists what is parked by class, brings back what a filter names and nothing else, once", async () => {
    const classes = failureClasses;
    for (const reason of classes) {
      const events = Array.from({ length: 100 }, (_, index) => {
        const body = { eventTime: Date.now(), conversationId: `${reason}-${index}`, queueId: queueId(1 + (index % 2)) };
        const text = envelope(index % 4 === 0 ? "acd.end" : "customer.start", body, { id: `${reason}-${index}` });
        return toFailedEvent(
          { ...message(text), messageId: `${reason}-${index}`, receivedAt: Date.now() - 1_000 },
          reason,
        );
      });
      await store().parkEvents(reason, events)();
    }
    const listed = await json("failed", "list");
    const byClass = Object.groupBy<string, { reason: string; events: number }>(
      listed.answer.groups,
      ({ reason }) => reason,
    );
    expect(
      Object.fromEntries(
        Object.entries(byClass).map(([reason, groups]) => [reason, groups?.map(({ events }) => events).toSorted()]),
      ),
    ).toStrictEqual(Object.fromEntries(classes.map((reason) => [reason, [25, 75]])));
    expect(new Set(listed.answer.chunks.map(({ reason }: { reason: string }) => reason))).toStrictEqual(
      new Set<string>(classes),
    );
    expect((await json("status")).answer.parked.events).toBe(100 * classes.length);

    const filter = ["--reason", "firehoseThrottled", "--type", "acd.end"];
    const dry = await json("failed", "redrive", ...filter, "--dry-run");
    expect(dry.answer).toMatchObject({ events: 25, moved: 0, dryRun: true });
    const redriven = await json("failed", "redrive", ...filter, "--rate", "10");
    expect(redriven.answer).toMatchObject({ events: 25, moved: 25, rate: 10 });
    expect((await json("failed", "redrive", ...filter, "--rate", "10")).answer).toMatchObject({ events: 0, moved: 0 });
    const retrying = await json("failed", "list", "--reason", "firehoseThrottled");
    const pieces = retrying.answer.chunks
      .filter(({ status }: { status: string }) => status === "retrying")
      .toSorted((a: { dueAt: number }, b: { dueAt: number }) => a.dueAt - b.dueAt);
    // Ten a minute: three pieces, due a minute apart.
    expect(pieces.map(({ events }: { events: number }) => events)).toStrictEqual([10, 10, 5]);
    expect(pieces.map(({ dueAt }: { dueAt: number }) => Math.round((dueAt - pieces[0].dueAt) / 60_000))).toStrictEqual([
      0, 1, 2,
    ]);
    const parked = retrying.answer.groups.filter(({ status }: { status: string }) => status === "parked");
    expect(parked).toMatchObject([{ type: "customer.start", events: 75 }]);

    const machines = new SFNClient(clientOf(dev));
    const { retryMachineArn } = JSON.parse(readFileSync(dev.outputs, "utf8"));
    for (const { chunkId } of pieces) {
      const input = JSON.stringify({ chunkId, attempt: 0 });
      await machines.send(new StartExecutionCommand({ stateMachineArn: retryMachineArn, input }));
    }
    // Two of them find the turn taken, and wait for it.
    await vi.waitFor(
      async () => {
        const back = await Promise.all(
          [0, 4, 96].map(async (index) => (await json("find", `firehoseThrottled-${index}`)).answer.events[0].outcome),
        );
        expect(back).toStrictEqual(["delivered", "delivered", "delivered"]);
        expect((await json("status")).answer).toMatchObject({
          parked: { events: 100 * classes.length - 25 },
          retrying: { events: 0 },
        });
      },
      { timeout: 30_000, interval: 500 },
    );
    expect((await json("find", "firehoseThrottled-1")).answer.events).toMatchObject([{ outcome: "parked" }]);
  });

  it("parks by hand a chunk that keeps failing, but not events that share one with others", async () => {
    const events = ["acd.end", "acd.end", "customer.start"].map((type, index) => {
      const text = envelope(
        type,
        { eventTime: Date.now(), conversationId: `c-park-${index}` },
        { id: `park-${index}` },
      );
      return toFailedEvent({ ...message(text), messageId: `park-${index}`, receivedAt: Date.now() }, "timeout");
    });
    await store().keepForRetry("timeout", events, Date.now() + 3_600_000)();
    const some = await floodgate("failed", "park", "--reason", "timeout", "--type", "acd.end", ...at());
    expect([some.code, some.stdout]).toStrictEqual([
      0,
      "Parked 0 events; 2 are still retried, because they share a chunk with events you did not select.\n",
    ]);
    expect((await json("failed", "park", "--reason", "timeout")).answer).toStrictEqual({ parked: 3, left: 0 });
    expect((await json("find", "c-park-0")).answer.events).toMatchObject([{ outcome: "parked" }]);
    expect((await json("failed", "park", "--reason", "timeout")).answer).toStrictEqual({ parked: 0, left: 0 });
  });

  it("shows a chunk without payloads unless they are asked for, and exports what a filter names", async () => {
    const { answer } = await json("failed", "list", "--reason", "malformed");
    const [{ chunkId }] = answer.chunks;
    const shown = await floodgate("failed", "show", chunkId, ...at());
    expect([shown.code, shown.stdout.includes("malformed-0"), shown.stdout.includes("eventBody")]).toStrictEqual([
      0,
      true,
      false,
    ]);
    const out = `${newFolder()}.jsonl`;
    expect((await json("failed", "export", "--reason", "malformed", "--limit", "7", "--out", out)).answer.events).toBe(
      7,
    );
    expect(readFileSync(out, "utf8").trimEnd().split("\n")).toHaveLength(7);
    const gone = await floodgate("failed", "show", "nowhere", ...at());
    expect([gone.code, gone.stderr]).toStrictEqual([
      1,
      "There is no chunk nowhere. It may have been delivered since. -> npx floodgate failed list\n",
    ]);
  });

  it("knows in status and find what lies under errors/ only, and brings it back although other objects are broken", async () => {
    const s3 = new S3Client(clientOf(dev));
    const { PutObjectCommand, GetObjectCommand } = await import("@aws-sdk/client-s3");
    const put = (name: string, Body: string | Buffer) =>
      s3.send(new PutObjectCommand({ Bucket: "floodgate-events", Key: `errors/processing-failed/${name}`, Body }));
    const events = Array.from({ length: 20 }, (_, index) =>
      eventOf(message(envelope("customer.start", { eventTime: Date.now(), conversationId: `c-errors-${index}` }))),
    );
    const lines = events.map((event) =>
      JSON.stringify({ rawData: Buffer.from(deliveredLine(event)).toString("base64") }),
    );
    await put("1-broken", Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    await put("2-partly", `${lines.slice(0, 10).join("\n")}\n{"rawData": tel:+12025550143\n`);
    await put("3-whole", lines.slice(10).join("\n"));
    await put("4-gzip", gzipSync(""));

    const { answer } = await json("status");
    expect([answer.errors, answer.isGood]).toStrictEqual([{ objects: 4, records: 21 }, false]);
    for (const index of [3, 13]) {
      expect((await json("find", `c-errors-${index}`)).answer.events).toMatchObject([
        {
          outcome: "parked",
          reason: "firehose:processing-failed",
          messageId: events[index]?.message.messageId,
          prefix: null,
        },
      ]);
    }
    const imported = await json("failed", "import");
    expect([imported.code, imported.answer]).toMatchObject([
      1,
      { objects: 4, records: 20, refused: 0, broken: 1, failed: ["errors/processing-failed/1-broken"] },
    ]);
    expect(imported.stderr).toContain("errors/processing-failed/1-broken was skipped");
    expect(imported.stderr).not.toContain("12025550143");
    // What is no record stays, and only that.
    const left = await s3.send(
      new GetObjectCommand({ Bucket: "floodgate-events", Key: "errors/processing-failed/2-partly" }),
    );
    expect(await left.Body?.transformToString()).toBe('{"rawData": tel:+12025550143\n');
    for (const name of ["1-broken", "2-partly"]) {
      const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
      await s3.send(new DeleteObjectCommand({ Bucket: "floodgate-events", Key: `errors/processing-failed/${name}` }));
    }
  });

  it("brings back what Firehose gave up on, straight to Firehose, and removes the object", async () => {
    const s3 = new S3Client(clientOf(dev));
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const rawData = Buffer.from(
      envelope("customer.start", { conversationId: "c-import" }, { floodgate: undefined }),
    ).toString("base64");
    await s3.send(
      new PutObjectCommand({
        Bucket: "floodgate-events",
        Key: "errors/processing-failed/2026-01-05/one",
        Body: `${JSON.stringify({ attemptsMade: 11, rawData })}\n`,
      }),
    );
    expect((await json("failed", "import", "--dry-run")).answer).toMatchObject({ objects: 1, records: 1 });
    expect((await json("failed", "import")).answer).toMatchObject({ objects: 1, records: 1, refused: 0 });
    expect((await json("failed", "import")).answer).toMatchObject({ objects: 0, records: 0 });
  });

  it("leaves parked what no retry can help, says so, and loses none of it when it is told to try", async () => {
    const body = { detail: "no detail-type" };
    const events = [0, 1, 2].map((index) =>
      toFailedEvent(
        { ...message(JSON.stringify({ ...body, index })), messageId: `broken-${index}`, receivedAt: Date.now() },
        "malformed",
      ),
    );
    await store().parkEvents("malformed", events)();
    const held = async () => {
      const { answer } = await json("failed", "list", "--reason", "malformed", "--since", "5m");
      return answer.groups.reduce((sum: number, group: { events: number }) => sum + group.events, 0);
    };
    const before = await held();
    const filter = ["--reason", "malformed", "--since", "5m"];
    const kept = await floodgate("failed", "redrive", ...filter, ...at());
    expect([kept.code, kept.stdout]).toStrictEqual([
      0,
      "There is nothing to bring back.\n" +
        `Left ${before} malformed events parked: a retry cannot help them (docs/failures.md). ` +
        "--include-permanent tries all the same, and parks them again.\n",
    ]);
    const forced = await json("failed", "redrive", ...filter, "--include-permanent");
    expect(forced.answer).toMatchObject({ events: before, moved: before, left: {} });
    const machines = new SFNClient(clientOf(dev));
    const { retryMachineArn } = JSON.parse(readFileSync(dev.outputs, "utf8"));
    const { answer } = await json("failed", "list", "--reason", "malformed", "--since", "5m");
    for (const { chunkId, attempt } of answer.chunks) {
      const input = JSON.stringify({ chunkId, attempt });
      await machines.send(new StartExecutionCommand({ stateMachineArn: retryMachineArn, input }));
    }
    await vi.waitFor(async () => {
      const { groups } = (await json("failed", "list", "--reason", "malformed", "--since", "5m")).answer;
      expect(groups.every(({ status }: { status: string }) => status === "parked")).toBe(true);
    }, 30_000);
    for (const { messageId } of events) {
      expect((await json("find", messageId)).answer.events).toMatchObject([{ outcome: "parked", messageId }]);
    }
  });
});
