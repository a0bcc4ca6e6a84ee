import { readFileSync, writeFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { command as failed } from "../../cli/failed/failed.ts";
import { command as dropped } from "../../cli/flow/dropped.ts";
import { command as pause } from "../../cli/flow/pause.ts";
import { command as send } from "../../cli/send.ts";
import { command as status } from "../../cli/status/status.ts";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { minuteName, minuteOf, queueBytes, secondOf } from "../../src/admission/admission-log.ts";
import { failedEventsStore } from "../../src/failed/adapters/failed-events-store.ts";
import { toFailedEvent } from "../../src/failed/failed-event.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { envelope, message, queueEntryText } from "../support/builders.ts";
import { localStack } from "../support/cloud/local-stack.ts";

const minute = 60_000;

// Each on what it has put there itself, under a reason or a time of its own.
describe("commands against a stack in this process", () => {
  const stack = localStack();
  const dynamoDb = () => new DynamoDBClient(stack.client());
  const store = () => {
    const s3 = new S3Client({ ...stack.client(), forcePathStyle: true });
    return failedEventsStore(
      { dynamoDb: dynamoDb(), s3, bucket: "floodgate-events", table: "failed-events" },
      systemClock,
    );
  };
  const failedEvents = (reason: string, names: ReadonlyArray<string>) =>
    names.map((name) =>
      toFailedEvent({ ...message(queueEntryText(`text-of-${name}`)), messageId: name, receivedAt: Date.now() }, reason),
    );

  it("failed --limit counts events, and takes of the last chunk only what is still asked for", async () => {
    await store().parkEvents("firehoseUnavailable", failedEvents("firehoseUnavailable", ["a1", "a2", "a3"]))();
    await store().parkEvents("firehoseUnavailable", failedEvents("firehoseUnavailable", ["b1", "b2", "b3"]))();
    const out = `${stack.folder()}.jsonl`;
    const exported = await stack.call(
      failed,
      "export",
      "--reason",
      "firehoseUnavailable",
      "--limit",
      "4",
      "--out",
      out,
      "--json",
    );
    const names = readFileSync(out, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).messageId);
    expect([exported.code, exported.answer, names]).toStrictEqual([0, { events: 4, out }, ["a1", "a2", "a3", "b1"]]);
  });

  it("failed show never prints the text of a sealed event, in neither form", async () => {
    const [sealed, open] = failedEvents("s3Unavailable", ["secret-1", "open-1"]);
    if (sealed === undefined || open === undefined) throw new Error("two events");
    const kept = await store().keepForRetry(
      "s3Unavailable",
      [{ ...sealed, sealed: true }, open],
      Date.now() + minute,
    )();
    expect(E.isRight(kept)).toBe(true);
    const listed = await stack.call(failed, "list", "--reason", "s3Unavailable", "--json");
    expect(listed.answer).toMatchObject({ chunks: [{ chunkId: expect.any(String) }] });
    const { chunkId } = Object(listed.answer).chunks[0];
    const shown = [
      await stack.call(failed, "show", chunkId, "--body"),
      await stack.call(failed, "show", chunkId, "--body", "--json"),
    ];
    expect(
      shown.map(({ printed }) => ["text-of-secret-1", "text-of-open-1"].map((text) => printed.includes(text))),
    ).toStrictEqual([
      [false, true],
      [false, true],
    ]);
  });

  it("send --wait waits for all events of a conversation, and is no success while one of them is retried", async () => {
    const [kept] = failedEvents("timeout", ["c-half"]);
    if (kept === undefined) throw new Error("an event");
    await store().keepForRetry("timeout", [kept], Date.now() + 60 * minute)();
    // What is parked has its outcome: the one that is retried alone has to be waited for.
    await store().parkEvents("timeout", [{ ...kept, messageId: "c-half-parked" }])();
    const file = `${stack.folder()}.json`;
    writeFileSync(
      file,
      envelope("customer.end", { eventTime: Date.now(), conversationId: "text-of-c-half" }, { id: "other" }),
    );
    const sent = await stack.call(send, "--events", file, "--wait", "--seconds", "3", "--json");
    expect([sent.code, sent.answer]).toStrictEqual([
      1,
      { sent: 1, refused: 0, outcomes: {}, missing: ["text-of-c-half"], leftOut: [] },
    ]);
  });

  it("pause tells whoever pauses a second time who did it first, when and why", async () => {
    const first = await stack.call(pause, "--reason", "the first", "--json");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await stack.call(pause, "--reason", "the second", "--json");
    expect([first.code, second.code, second.answer]).toStrictEqual([0, 0, first.answer]);
    expect(second.answer).toMatchObject({ reason: "the first" });
  });

  it("status names the five failures that came last, the newest first", async () => {
    const names = ["f1", "f2", "f3", "f4", "f5", "f6"];
    for (const count of names.keys()) {
      await store().parkEvents("unknown", failedEvents("unknown", names.slice(0, count + 1)))();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { answer } = await stack.call(status, "--json");
    const last = Object(answer).lastFailures.map(({ reason, events }: { reason: string; events: number }) => [
      reason,
      events,
    ]);
    expect(last).toStrictEqual([6, 5, 4, 3, 2].map((events) => ["unknown", events]));
  });

  it("dropped counts both the first and the last minute of its interval, and all of one within a minute", async () => {
    const log = dynamodbAdmissionLog({ dynamoDb: dynamoDb(), table: "admission-log" });
    const begin = Math.floor(Date.now() / minute) * minute - 10 * minute;
    const queue = queueBytes("q-1");
    for (const at of [begin, begin + minute, begin + 2 * minute]) {
      const entries = [{ queue, second: secondOf(at), decision: "rateLimited" as const, key: at }];
      await log.appendToLog(minuteName(minuteOf(at)), { n: 1, expiresAt: Date.now() + 60 * minute, entries })();
    }
    const minutesOf = async (from: number, to: number) => {
      const iso = (at: number): string => new Date(at).toISOString();
      const { answer } = await stack.call(dropped, "--since", iso(from), "--until", iso(to), "--json");
      return Object(answer).minutes.map(({ minute: name, seen }: { minute: string; seen: number }) => [name, seen]);
    };
    const names = [0, 1, 2].map((index) => minuteName(minuteOf(begin + index * minute)));
    expect([
      await minutesOf(begin, begin + 2 * minute + 1_000),
      await minutesOf(begin + 70_000, begin + 80_000),
    ]).toStrictEqual([names.map((name) => [name, 1]), [[names[1], 1]]]);
  });
});
