import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRun } from "../../cli/query/open-run.ts";
import { resultObjects } from "../../cli/query/query-result.ts";
import { namedQueries, views } from "../../infra/querying/views.ts";
import { campaign } from "../../local/campaign/campaign.ts";
import type { LocalEngine, QueryResult } from "../../local/querying/local-engine.ts";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import { partitioner, partitionPath } from "../../src/transform/partition-keys.ts";
import { eventOf, message } from "../support/builders.ts";
import { newFolder, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";
import { conversationOf, intervalsOf } from "./oracle.ts";

const serviceLevelSeconds = 20;

const conversationColumns =
  "conversation_id, started_at, ended_at, media, queues, users, outcome, entries, waiting_ms, talking_ms";
const intervalColumns =
  "queue_id, interval_start, offered, answered, abandoned, flowed_out, transferred, waiting_total_ms, waiting_most_ms, answered_in_time";

const conversationsIn = async ({ query }: LocalEngine): Promise<unknown> =>
  resultObjects(await query(`SELECT ${conversationColumns} FROM conversations ORDER BY conversation_id`));

const intervalsIn = async ({ query }: LocalEngine): Promise<unknown> =>
  resultObjects(await query(`SELECT ${intervalColumns} FROM queue_intervals ORDER BY queue_id, interval_start`));

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** A bucket's folder with these objects, each a list of lines. */
const bucketOf = (objects: Readonly<Record<string, ReadonlyArray<string>>>): string => {
  const bucket = newFolder();
  mkdirSync(bucket, { recursive: true });
  for (const [name, lines] of Object.entries(objects)) {
    mkdirSync(dirname(join(bucket, name)), { recursive: true });
    writeFileSync(join(bucket, name), gzipSync(`${lines.join("\n")}\n`));
  }
  return bucket;
};

const asking = async <A>(bucket: string, ask: (engine: LocalEngine) => Promise<A>): Promise<A> => {
  const engine = await openRun(bucket, serviceLevelSeconds);
  try {
    return await ask(engine);
  } finally {
    engine.close();
  }
};

const values = ({ rows }: QueryResult): ReadonlyArray<ReadonlyArray<string | null>> => rows;

describe("the views, over a run", () => {
  // In full it is the campaign that the README shows.
  const drawn = campaign({ count: sized(2_000, 20_000), seed: sized(4, 1), perMinute: sized(2_000, 10_000), start });
  // Short forms tell of no queue's end, and what is malformed of nothing: the oracle knows conversations only.
  const events = drawn.events.filter(({ door }) => door === "bus");
  let engine: LocalEngine;
  let ledger: Awaited<ReturnType<typeof runLocally>>["ledger"];

  beforeAll(async () => {
    const run = await runLocally(events);
    expect(run.differences).toStrictEqual([]);
    ledger = run.ledger;
    engine = await openRun(run.bucketFolder, serviceLevelSeconds);
  });
  afterAll(() => engine.close());

  it("tell each conversation as its script does", async () => {
    expect(await conversationsIn(engine)).toStrictEqual(
      drawn.scripts.map(conversationOf).toSorted((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1)),
    );
  });

  it("count queues in 15 minutes as the scripts do", async () => {
    expect(await intervalsIn(engine)).toStrictEqual(
      intervalsOf(drawn.scripts, serviceLevelSeconds).toSorted((a, b) =>
        a.queue_id === b.queue_id ? (a.interval_start < b.interval_start ? -1 : 1) : a.queue_id < b.queue_id ? -1 : 1,
      ),
    );
  });

  it("add up to the run's ledger, with what was set aside", async () => {
    const [counts] = values(
      await engine.query(
        "SELECT (SELECT count(*) FROM every_copy), (SELECT count(*) FROM excess_lines), (SELECT count(*) FROM failed_events), " +
          "(SELECT sum(entries_set_aside) FROM conversations), (SELECT count(*) FROM excess)",
      ),
    );
    const { setAside } = ledger;
    const aside = setAside.lowPriority + setAside.rateLimited;
    expect(counts?.slice(0, 3)).toStrictEqual([ledger.delivered, aside, 0].map(String));
    expect(counts?.[3]).toBe(counts?.[4]);
    expect(aside).toBeGreaterThan(0);
  });

  it("have the columns and types that are declared in Glue", async () => {
    for (const { name, columns } of views({ serviceLevelSeconds, parquet: false })) {
      const described = values(await engine.query(`DESCRIBE ${name}`)).map(([column, type]) => [column, type]);
      const types: Readonly<Record<string, ReadonlyArray<string>>> = {
        varchar: ["VARCHAR"],
        // DuckDB adds up into a larger type than Athena does.
        bigint: ["BIGINT", "HUGEINT"],
        double: ["DOUBLE"],
        boolean: ["BOOLEAN"],
        "timestamp(3)": ["TIMESTAMP_MS", "TIMESTAMP"],
      };
      const wrong = columns.filter(
        ([column, type], index) =>
          described[index]?.[0] !== column || types[type]?.includes(described[index]?.[1] ?? "") !== true,
      );
      expect([name, wrong, described.length]).toStrictEqual([name, [], columns.length]);
    }
  });

  it("answer every named query", async () => {
    const [script] = drawn.scripts;
    const [[once] = []] = values(await engine.query("SELECT count(*) FROM events"));
    // Nothing was late or parked; in a large campaign SQS hands some events out twice.
    const empty = ["late", "parked", ...(Number(once) === ledger.delivered ? ["copies"] : [])];
    for (const { name, sql } of namedQueries()) {
      const filled = sql.replaceAll(":day", "'2026-01-05'").replaceAll(":conversation", `'${script?.id}'`);
      const { rows } = await engine.query(filled);
      expect([name, rows.length > 0]).toStrictEqual([name, !empty.includes(name)]);
    }
  });
});

/** Delivered lines as they lie in S3, by the path of their partition. */
const stored = (texts: ReadonlyArray<string>, arrivedAt: number): ReadonlyArray<readonly [string, string]> => {
  const keysOf = partitioner(arrivedAt, 2);
  return texts.map((text, index) => {
    const event = eventOf(message(text, { messageId: `m-${index}`, receivedAt: arrivedAt }));
    return [partitionPath(keysOf(event)), deliveredLine(event)];
  });
};

describe("the views, over objects in any order", () => {
  const drawn = campaign({ count: 150, seed: 8, perMinute: 1_000, start });
  const told = drawn.events.filter(({ door, text }) => door === "bus" && !text.includes("Conversation:Updated"));
  const texts = told.map(({ text }) => text);
  const lines = stored(texts, start + 60_000);
  // So late that they lie under the date of their arrival.
  const replayed = stored(texts, start + 10 * 24 * 60 * 60_000);

  it("answer the same for any order, with copies and replays, and whatever object a line lies in", async () => {
    const expected = drawn.scripts.map(conversationOf).toSorted(byText);
    const intervals = [...intervalsOf(drawn.scripts, serviceLevelSeconds)].toSorted(byText);
    const index = fc.nat({ max: lines.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...lines.keys()], { minLength: lines.length }),
        fc.array(index, { maxLength: 20 }),
        fc.array(index, { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        async (order, copies, again, parts) => {
          const objects: Record<string, string[]> = {};
          const all = [
            ...[...order, ...copies].map((number) => lines[number]),
            ...again.map((number) => replayed[number]),
          ];
          for (const [at, [path, line] = ["", ""]] of all.entries()) {
            const name = `${path}${at % parts}.jsonl.gz`;
            objects[name] = [...(objects[name] ?? []), line];
          }
          const answered = await asking(bucketOf(objects), async (engine) => [
            await conversationsIn(engine),
            await intervalsIn(engine),
          ]);
          expect(answered.map((rows) => (rows as object[]).toSorted(byText))).toStrictEqual([expected, intervals]);
        },
      ),
      { numRuns: sized(10, 1_000) },
    );
  }, 1_800_000);

  it("keep odd events whole: unicode, breaks, 500 KB, a thousand levels, a member floodgate of their own", async () => {
    const body = (more: object): string => {
      const [first] = told;
      const envelope = JSON.parse(first?.text ?? "{}");
      return JSON.stringify({
        ...envelope,
        detail: { ...envelope.detail, eventBody: { ...envelope.detail.eventBody, ...more } },
      });
    };
    const odd = [
      body({ conversationId: "unicode", note: "ä \u2028 \u0001 😀 \\ \" ' \r\n" }),
      body({ conversationId: "large", note: "x".repeat(500_000) }),
      body({ conversationId: "deep" }).replace(
        '"eventBody":{',
        `"eventBody":{"deep":${"[".repeat(1_000)}${"]".repeat(1_000)},`,
      ),
      body({ conversationId: "case", queueid: "another", QUEUEID: "one more" }),
      body({ conversationId: "own", floodgate: { key: "not ours" } }).replace(
        '{"version"',
        '{"floodgate":{"key":"theirs"},"version"',
      ),
    ];
    const objects = Object.groupBy(stored(odd, start + 60_000), ([path]) => `${path}odd.jsonl.gz`);
    const bucket = bucketOf(
      Object.fromEntries(Object.entries(objects).map(([name, own = []]) => [name, own.map(([, line]) => line)])),
    );
    const rows = await asking(bucket, ({ query }) =>
      query("SELECT conversation_id, length(key), line FROM events ORDER BY conversation_id"),
    );
    expect(values(rows).map(([id, length]) => [id, length])).toStrictEqual(
      ["case", "deep", "large", "own", "unicode"].map((id) => [id, "32"]),
    );
    const whole = new Set(stored(odd, start + 60_000).map(([, line]) => line));
    expect(values(rows).filter(([, , line]) => !whole.has(line ?? ""))).toStrictEqual([]);
  });

  it("lose nothing but itself by a line of somebody else: no JSON, odd times, bytes that are no text", async () => {
    const [path = "", line = ""] = lines[0] ?? [];
    const strange = [
      "no JSON {",
      '{"floodgate":{"eventTime":"half past","receivedAt":7,"key":{}}}',
      "null",
      '"text"',
      "[1]",
    ];
    const bytes = (data: Buffer): string => JSON.stringify({ errorCode: "X", rawData: data.toString("base64") });
    const bucket = bucketOf({
      [`${path}odd.gz`]: [...strange, line],
      [`${path.replace("type=", "excess=")}odd.gz`]: strange,
      "failed/2026-01-05/c-1.0.jsonl.gz": ["{", '{"messageId":"m-1","receivedAt":"soon","attempts":"often"}'],
      "errors/x/2026/01/05/e.gz": [
        "{",
        '{"rawData":"###"}',
        bytes(Buffer.from([0xff, 0xfe])),
        bytes(Buffer.from(line)),
      ],
    });
    const counts = await asking(bucket, async ({ query }) => {
      const counted: [string, string | null | undefined][] = [];
      for (const { name } of views({ serviceLevelSeconds, parquet: false })) {
        await query(`SELECT * FROM ${name}`);
        counted.push([name, values(await query(`SELECT count(*) FROM ${name}`))[0]?.[0]]);
      }
      const known = await query("SELECT conversation_id FROM conversations");
      const given = await query("SELECT conversation_id FROM stream_errors WHERE conversation_id IS NOT NULL");
      return { counted: Object.fromEntries(counted), known: values(known), given: values(given) };
    });
    const id = drawn.scripts[0]?.id;
    expect(counts).toMatchObject({
      // Lines without a key of ours are told apart by their text.
      counted: { every_copy: "6", events: "6", excess: "5", failed_events: "2", stream_errors: "4" },
      known: [[id]],
      given: [[id]],
    });
  });

  it("count each entry of a short form, also where nothing but an entry that was set aside is known", async () => {
    const bare = (name: string) =>
      JSON.stringify({ type: "routing.queued", contactId: "c-bare", queueId: "q-1", queueName: name });
    const [[path = "", first = ""] = [], [, second = ""] = [], [, aside = ""] = []] = stored(
      [bare("1"), bare("2"), bare("3").replace("c-bare", "c-aside")],
      start + 60_000,
    );
    const bucket = bucketOf({
      [`${path}one.gz`]: [first, second],
      [`${path.replace("type=", "excess=")}one.gz`]: [
        aside.replace('"type":"acd.start"', '"type":"acd.start-excess","excess":"lowPriority"'),
      ],
    });
    const rows = await asking(bucket, ({ query }) =>
      query("SELECT conversation_id, queues, outcome, entries, entries_set_aside, dt FROM conversations ORDER BY 1"),
    );
    expect(values(rows)).toStrictEqual([
      ["c-aside", "q-1", "open", "1", "1", "2026-01-05"],
      ["c-bare", "q-1", "open", "2", "0", "2026-01-05"],
    ]);
  });

  it("tell of a bucket in which nothing lies that nothing is there", async () => {
    const bucket = newFolder();
    // Folders without a file as well.
    for (const folder of ["errors", "type=acd.end/dt=2026-01-05/shard=0"])
      mkdirSync(join(bucket, folder), { recursive: true });
    for (const { name } of views({ serviceLevelSeconds, parquet: false })) {
      expect(values(await asking(bucket, ({ query }) => query(`SELECT count(*) FROM ${name}`)))).toStrictEqual([["0"]]);
    }
  });

  it("show what failed and what Firehose gave up on", async () => {
    const failed = {
      v: 1,
      messageId: "m-1",
      receivedAt: start,
      reason: "tooLarge",
      attempts: 3,
      body: "text",
      key: "k",
    };
    const error = { attemptsMade: 4, errorCode: "Lambda.X", errorMessage: "why", rawData: "" };
    const [, line = ""] = lines[0] ?? [];
    const bucket = bucketOf({
      "failed/2026-01-05/c-1.0.jsonl.gz": [JSON.stringify(failed)],
      "failed/2026-01-05/c-2.0.jsonl.gz": [
        JSON.stringify({ ...failed, messageId: "m-2", reason: "sealed", sealed: true }),
      ],
      "errors/processing-failed/2026/01/05/e.gz": [
        JSON.stringify({ ...error, rawData: Buffer.from(line).toString("base64") }),
      ],
    });
    const [shown, given] = await asking(bucket, async ({ query }) => [
      resultObjects(await query("SELECT * FROM failed_events ORDER BY message_id")),
      resultObjects(await query("SELECT error_type, error_code, attempts, conversation_id, record FROM stream_errors")),
    ]);
    expect([shown, given]).toStrictEqual([
      [
        {
          message_id: "m-1",
          key: "k",
          reason: "tooLarge",
          detail: null,
          attempts: "3",
          received_at: "2026-01-05 09:00:00.000",
          body: "text",
          chunk_id: "c-1",
          dt: "2026-01-05",
        },
        // Nobody could redact it, so no question shows its text.
        {
          message_id: "m-2",
          key: "k",
          reason: "sealed",
          detail: null,
          attempts: "3",
          received_at: "2026-01-05 09:00:00.000",
          body: null,
          chunk_id: "c-2",
          dt: "2026-01-05",
        },
      ],
      [
        {
          error_type: "processing-failed",
          error_code: "Lambda.X",
          attempts: "4",
          conversation_id: drawn.scripts[0]?.id,
          record: line,
        },
      ],
    ]);
  });
});
