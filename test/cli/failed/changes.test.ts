import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamodbBreakers } from "../../../src/breakers/adapters/dynamodb-breakers.ts";
import { failureClasses, isHopeless, transientFailures } from "../../../src/event/failure.ts";
import { failedEventsStore } from "../../../src/failed/adapters/failed-events-store.ts";
import { type FailedEvent, toFailedEvent } from "../../../src/failed/failed-event.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { envelope, message } from "../../support/builders.ts";
import type { Ended } from "../../support/cloud/in-this-process.ts";
import { clientOf, type Dev, floodgate, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

/** An event's messageId, which says its class, its state and its type, with the state of the chunk that it is in. */
type Stored = ReadonlyMap<string, "parked" | "retrying">;

const types = ["acd.end", "customer.start"] as const;
const hour = 3_600_000;

/** What must be found in nothing that is printed: of the local Genesys and of the stack. */
const secrets = [
  "local-secret+/=",
  "local-salt",
  Buffer.from("c11e27ab-0000-4000-8000-000000000001:local-secret+/=").toString("base64"),
];

const eventsOf = (failure: string, state: string): ReadonlyArray<FailedEvent> =>
  types.flatMap((type) =>
    [0, 1].map((index) => {
      const name = `${failure}.${state}.${type}.${index}`;
      const text = envelope(type, { eventTime: Date.now(), conversationId: name }, { id: name });
      return toFailedEvent({ ...message(text), messageId: name, receivedAt: Date.now() - 1_000 }, failure);
    }),
  );

// A story: each command is given what those before it have left.
describe("what commands do to failed events of every class, parked and retried", { shuffle: false }, () => {
  let dev: Dev;
  let out: string;
  const printed: Ended[] = [];
  const run = async (...args: ReadonlyArray<string>): Promise<Ended> => {
    const ended = await floodgate(...args, "--outputs", dev.outputs);
    printed.push(ended);
    return ended;
  };
  const clients = () => ({ dynamoDb: new DynamoDBClient(clientOf(dev)), s3: new S3Client(clientOf(dev)) });
  const store = () =>
    failedEventsStore({ ...clients(), bucket: "floodgate-events", table: "failed-events" }, systemClock);
  const breakers = () => dynamodbBreakers({ ...clients(), table: "failed-events" });

  /** All that an index item points to, whatever the commands say of it. */
  const stored = async (): Promise<Stored> => {
    const names = readdirSync(join(out, "s3", "floodgate-events", "failed"), { recursive: true, encoding: "utf8" });
    const ids = new Set(
      names.filter((name) => name.endsWith(".gz")).map((name) => name.split(sep).at(-1)?.split(".")[0] ?? ""),
    );
    const found = new Map<string, "parked" | "retrying">();
    for (const id of ids) {
      const loaded = await store().loadChunk(id)();
      if (E.isLeft(loaded)) throw new Error(loaded.left.reason);
      const { chunk, events } = loaded.right ?? { chunk: undefined, events: [] };
      for (const { messageId } of events) {
        expect([messageId, found.has(messageId)]).toStrictEqual([messageId, false]);
        found.set(messageId, chunk?.status ?? "parked");
      }
    }
    return found;
  };

  /** What is stored before, with another state for those events of which that is said. */
  const moved = (before: Stored, to: "parked" | "retrying", which: (messageId: string) => boolean): Stored =>
    new Map([...before].map(([messageId, state]) => [messageId, which(messageId) ? to : state]));

  const sorted = (events: Stored) => new Map([...events].toSorted());

  beforeAll(async () => {
    out = newFolder();
    dev = await startDev(out);
    // Paused, so that the minute's redrive leaves to the commands what they do.
    await run("pause");
    for (const failure of failureClasses) await store().parkEvents(failure, eventsOf(failure, "parked"))();
    for (const failure of transientFailures) {
      await store().keepForRetry(failure, eventsOf(failure, "retrying"), Date.now() + hour)();
    }
  });
  afterAll(() => dev.stop());

  it("begin with all of them", async () => {
    const all = await stored();
    expect([all.size, [...all.values()].filter((state) => state === "parked").length]).toStrictEqual([
      4 * (failureClasses.length + transientFailures.length),
      4 * failureClasses.length,
    ]);
  });

  it.each([
    ["failed list", ["failed", "list"], 0],
    ["failed show", ["failed", "show", "nowhere"], 1],
    ["failed redrive --dry-run", ["failed", "redrive", "--dry-run"], 0],
    ["failed redrive of a class that is none", ["failed", "redrive", "--reason", "nothing"], 2],
    ["failed park of a class that is none", ["failed", "park", "--reason", "nothing"], 2],
    ["failed import without anything to import", ["failed", "import"], 0],
    ["status", ["status"], 1],
    ["find", ["find", "timeout.parked.acd.end.0"], 0],
    ["find of what is not there", ["find", "nowhere"], 1],
    ["doctor", ["doctor"], undefined],
    ["map refresh", ["map", "refresh"], 0],
    ["map show", ["map", "show"], 0],
    ["dropped", ["dropped"], 0],
    ["send", ["send", "--count", "1"], 0],
    ["pause once more", ["pause"], 0],
    ["something that is no command", ["failed", "everything"], 2],
    ["an option that is none", ["status", "--everything"], 2],
  ])("stay as they are under %s", async (_, args, code) => {
    const before = await stored();
    const ended = await run(...args);
    expect(sorted(await stored())).toStrictEqual(sorted(before));
    // The text is there for whoever reads a failure.
    if (code !== undefined) expect([ended.code, ended.stderr]).toStrictEqual([code, ended.stderr]);
  });

  it("are exported as they are, and stay", async () => {
    const before = await stored();
    const file = `${newFolder()}.jsonl`;
    expect((await run("failed", "export", "--reason", "unknown", "--out", file)).code).toBe(0);
    const exported = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).messageId);
    expect(exported.toSorted()).toStrictEqual([...before.keys()].filter((id) => id.startsWith("unknown.")).toSorted());
    expect(sorted(await stored())).toStrictEqual(sorted(before));
  });

  it("are brought back out of what is parked, those of the filter and no other", async () => {
    const before = await stored();
    expect((await run("failed", "redrive", "--reason", "firehoseThrottled", "--type", "acd.end")).code).toBe(0);
    expect(sorted(await stored())).toStrictEqual(
      sorted(moved(before, "retrying", (id) => id.startsWith("firehoseThrottled.parked.acd.end"))),
    );
  });

  it("are parked out of what is retried, those of the filter and no other, whole chunks alone", async () => {
    const before = await stored();
    expect((await run("failed", "park", "--reason", "s3Unavailable", "--type", "acd.end")).code).toBe(0);
    expect(sorted(await stored())).toStrictEqual(sorted(before));
    expect((await run("failed", "park", "--reason", "s3Unavailable")).code).toBe(0);
    expect(sorted(await stored())).toStrictEqual(
      sorted(moved(before, "parked", (id) => id.startsWith("s3Unavailable.retrying"))),
    );
  });

  it("are all brought back but those that no retry can help, and these too when that is asked for", async () => {
    const before = await stored();
    const isLeft = (id: string): boolean =>
      failureClasses.some((each) => isHopeless(each) && id.startsWith(`${each}.`));
    expect((await run("failed", "redrive")).code).toBe(0);
    const between = await stored();
    expect(sorted(between)).toStrictEqual(sorted(moved(before, "retrying", (id) => !isLeft(id))));
    expect((await run("failed", "redrive", "--include-permanent")).code).toBe(0);
    expect(sorted(await stored())).toStrictEqual(sorted(moved(between, "retrying", () => true)));
  });

  it("are parked again with everything that is retried, and nothing is left out", async () => {
    const before = await stored();
    await run("failed", "park");
    expect(sorted(await stored())).toStrictEqual(sorted(moved(before, "parked", () => true)));
  });

  it("are none of an import's business: records go to Firehose, and their object alone is removed", async () => {
    const before = await stored();
    const rawData = Buffer.from(envelope("acd.end", { eventTime: Date.now(), conversationId: "c-import" })).toString(
      "base64",
    );
    const Key = "errors/processing-failed/2026/one";
    await clients().s3.send(
      new PutObjectCommand({ Bucket: "floodgate-events", Key, Body: `${JSON.stringify({ rawData })}\n` }),
    );
    expect((await run("failed", "import")).code).toBe(0);
    expect(sorted(await stored())).toStrictEqual(sorted(before));
    const left = readdirSync(join(out, "s3", "floodgate-events"), { recursive: true, encoding: "utf8" });
    expect(left.filter((name) => name.endsWith("one"))).toStrictEqual([]);
  });

  it("stay parked when the flow is resumed, which a breaker of the sink does not let happen", async () => {
    const before = await stored();
    const sink = {
      name: "sink",
      openedAt: Date.now(),
      reason: "firehoseUnavailable",
      by: "process-batch",
      canary: "none",
    } as const;
    await breakers().openBreaker(sink)();
    const held = await run("resume");
    const [operator, open] = [await breakers().readBreaker("operator")(), await breakers().readBreaker("sink")()];
    expect([held.code, held.stderr, operator, open]).toStrictEqual([
      1,
      expect.stringContaining(
        "The pause is lifted, and the flow is still held back: nothing gets through (firehoseUnavailable)",
      ),
      E.right(undefined),
      E.right(sink),
    ]);
    await breakers().closeBreaker(sink)();
    await run("pause");
    expect([(await run("resume")).code, await breakers().readBreaker("operator")()]).toStrictEqual([
      0,
      E.right(undefined),
    ]);
    expect(sorted(await stored())).toStrictEqual(sorted(before));
  });

  it("and no command has printed a secret", () => {
    const text = printed.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(printed.length).toBeGreaterThan(25);
    expect(secrets.filter((secret) => text.includes(secret))).toStrictEqual([]);
  });
});
