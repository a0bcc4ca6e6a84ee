import { readFileSync, writeFileSync } from "node:fs";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { dynamodbAdmissionLog } from "../../../src/admission/adapters/dynamodb-admission-log.ts";
import {
  type Decision,
  minuteName,
  minuteOf,
  queueBytes,
  secondOf,
  shortKey,
} from "../../../src/admission/admission-log.ts";
import { deliveredLine } from "../../../src/delivery/delivered-line.ts";
import type { EventKey } from "../../../src/event/event-key.ts";
import { envelope, eventOf, message } from "../../support/builders.ts";
import { failedEvent, failedOf } from "../../support/cloud/failed-of-stack.ts";
import { localStack } from "../../support/cloud/local-stack.ts";
import { saidBy } from "../../support/cloud/said.ts";

/*
 * Every word that commands say of the same few failed events, as files (`npx vitest run test/cli/said -u`): whoever
 * changes one shows it, and whoever reviews it sees what a person gets to read.
 */

const now = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;
const hour = 60 * minute;

/** What deliveries and the log of decisions know of a conversation. */
const delivered: ReadonlyArray<readonly [type: string, key: string, secondsAgo: number, Decision | undefined]> = [
  ["customer.start", "a", 3_600, undefined],
  ["acd.start", "b", 3_590, "admitted"],
  ["acd.start", "c", 3_580, "lowPriority"],
  ["acd.start", "d", 3_570, "rateLimited"],
  ["user.start", "e", 3_560, undefined],
];

// A story on one stack: what is changed comes last, and is shown by what follows it.
describe("what commands say of failed events", { shuffle: false }, () => {
  const stack = localStack();
  let requests: string[] = [];
  const said = async (...args: ReadonlyArray<string>): Promise<string> => {
    requests = [];
    return saidBy(stack.file(), args, () => requests);
  };
  const all = async (...commands: ReadonlyArray<ReadonlyArray<string>>): Promise<string> => {
    const texts: string[] = [];
    for (const args of commands) texts.push(await said(...args));
    return texts.join("\n");
  };

  beforeAll(async () => {
    vi.useFakeTimers({ now, toFake: ["Date"] });
    const store = failedOf(stack);
    const kept = (reason: string, name: string, minutesAgo: number, given: object = {}) =>
      failedEvent(reason, name, { receivedAt: now - minutesAgo * minute, ...given });
    const firehose = [kept("firehoseThrottled", "f-1", 90), kept("firehoseThrottled", "f-2", 30, { type: "acd.end" })];
    await store.keepForRetry("firehoseThrottled", firehose, now + 5 * minute, { chunkId: "chunk-firehose" })();
    const sealed = [kept("saltUnavailable", "s-1", 20, { sealed: true })];
    await store.keepForRetry("timeout", sealed, now + 2 * minute, { chunkId: "chunk-sealed" })();
    for (const [reason, name, minutesAgo] of [
      ["malformed", "m-1", 10],
      ["tooLarge", "l-1", 15],
      ["deadLetter", "d-1", 3 * 24 * 60],
    ] as const) {
      await store.parkEvents(reason, [kept(reason, name, minutesAgo), kept(reason, `${name}-too`, minutesAgo)])();
    }
    const givenUp = eventOf(
      message(envelope("acd.end", { eventTime: now - hour, conversationId: "c-given-up" }), { messageId: "g-1" }),
    );
    const record = JSON.stringify({ rawData: Buffer.from(deliveredLine(givenUp)).toString("base64") });
    const s3 = new S3Client({ ...stack.client(), forcePathStyle: true });
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: "floodgate-events", Key, Body }));
    await put("errors/processing-failed/2026/a", `${record}\nno line of Firehose's\n`);
    await put("errors/format-conversion-failed/2026/b", `${record}\n${record}\n`);
    const dynamoDb = new DynamoDBClient(stack.client());
    const log = dynamodbAdmissionLog({ dynamoDb, table: "admission-log" });
    for (const [n, [type, letter, secondsAgo, decision]] of delivered.entries()) {
      const at = now - secondsAgo * 1_000;
      const key = letter.repeat(32) as EventKey;
      const text = (S: string) => ({ S });
      const Item = {
        eventKey: text(key),
        conversationId: text("c-seen"),
        messageId: text(`seen-${letter}`),
        type: text(type),
        eventTime: text(new Date(at).toISOString()),
        receivedAt: text(new Date(at + 1_000).toISOString()),
        deliveredAt: text(new Date(at + 2_000).toISOString()),
        participantId: text(`p-${letter}`),
        ...(type === "customer.start" ? {} : { queueId: text("q-1") }),
        ...(type === "user.start" ? { userId: text("u-1") } : {}),
      };
      await dynamoDb.send(new PutItemCommand({ TableName: "deliveries", Item }));
      if (decision === undefined) continue;
      const entries = [{ queue: queueBytes("q-1"), second: secondOf(at), decision, key: shortKey(key) }];
      await log.appendToLog(minuteName(minuteOf(at)), { n: n + 1, expiresAt: now + 24 * hour, entries })();
    }
    stack.cloud().gateway.onRequest = ({ operation, caller }) => {
      if (caller.startsWith("floodgate-command")) requests.push(operation);
    };
  });
  afterAll(() => void vi.useRealTimers());

  it("who looks at them", async () => {
    const text = await all(
      ["failed", "list"],
      ["failed", "list", "--json"],
      ["failed", "list", "--reason", "malformed", "--reason", "tooLarge"],
      ["failed", "list", "--reason", "deadLetter", "--until", "2d"],
      ["failed", "list", "--since", "1h", "--until", "25m", "--type", "acd.end"],
      ["failed", "list", "--type", "user.start"],
      ["failed", "show", "chunk-firehose"],
      ["failed", "show", "chunk-firehose", "--body"],
      ["failed", "show", "chunk-firehose", "--json"],
      ["failed", "show", "chunk-sealed", "--body", "--json"],
      ["failed", "show", "chunk-nowhere"],
      ["find", "text-of-f-1"],
      ["find", "text-of-f-2", "--details"],
      ["find", "m-1", "--json"],
      ["find", "c-given-up", "--json"],
      ["find", "it's nowhere"],
      ["status"],
      ["status", "--json"],
    );
    await expect(text).toMatchFileSnapshot("failed/looking.txt");
  });

  it("who looks at what was delivered, too", async () => {
    const looks = [
      ["find", "c-seen"],
      ["find", "c-seen", "--details"],
      ["find", "c-seen", "--json"],
      ["dropped"],
      ["dropped", "--since", "2h", "--until", "30m", "--queue", "q-1", "--json"],
      ["dropped", "--since", "2h", "--queue", "q-2"],
    ];
    const dropping = `${stack.folder()}.json`;
    writeFileSync(dropping, JSON.stringify({ ...JSON.parse(readFileSync(stack.file(), "utf8")), excess: "drop" }));
    const text = [await all(...looks), await saidBy(dropping, ["find", "c-seen", "--details"])].join("\n");
    await expect(text).toMatchFileSnapshot("failed/delivered.txt");
  });

  it("who changes them", async () => {
    const text = await all(
      // First, so that the minute's redrive leaves to this test what comes back.
      ["pause", "--reason", "a test"],
      ["pause"],
      ["status"],
      ["failed", "redrive", "--dry-run"],
      ["failed", "redrive", "--reason", "deadLetter", "--rate", "1"],
      ["failed", "redrive", "--reason", "malformed", "--json"],
      ["failed", "redrive", "--reason", "tooLarge", "--include-permanent", "--limit", "1"],
      ["failed", "list"],
      ["failed", "park", "--type", "acd.end"],
      ["failed", "park", "--json"],
      ["failed", "park"],
      ["failed", "list"],
      ["resume"],
      ["resume"],
      ["status", "--json"],
    );
    await expect(text).toMatchFileSnapshot("failed/changing.txt");
  });

  it("who brings back what Firehose has given up on", async () => {
    // Its pace is that of the clock.
    vi.useRealTimers();
    const text = await all(
      ["failed", "import", "--dry-run"],
      ["failed", "import", "--dry-run", "--json"],
      ["failed", "import"],
      ["failed", "import", "--json"],
    );
    await expect(text).toMatchFileSnapshot("failed/importing.txt");
  });
});
