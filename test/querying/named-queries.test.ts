import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRun } from "../../cli/query/open-run.ts";
import { resultObjects } from "../../cli/query/query-result.ts";
import { namedQueries } from "../../infra/querying/views.ts";
import { campaign } from "../../local/campaign/campaign.ts";
import type { QueueEntry } from "../../local/campaign/script.ts";
import { scriptEvents } from "../../local/campaign/script-events.ts";
import { seededRandom } from "../../local/clock.ts";
import type { LocalEngine } from "../../local/querying/local-engine.ts";
import { inBuffer, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";

/* Every named query, against what the campaign's scripts say. All happens on one day, but for what is late. */

const day = "2026-01-05";
const tenDays = 10 * 24 * 60 * 60_000;
const serviceLevel = 20_000;

const today = campaign({ count: sized(1_500, 20_000), seed: sized(12, 1), perMinute: sized(2_000, 10_000), start });
const old = campaign({ count: 60, seed: 13, perMinute: 2_000, start: start - tenDays });
const endsBefore = start + 14 * 60 * 60_000;

const scripts = [...today.scripts, ...old.scripts];
const entries = scripts.flatMap(({ id, sessions }) =>
  sessions.flatMap((session) => session.entries.map((entry) => ({ id, ...entry }))),
);

type Row = Readonly<Record<string, string | null>>;

const numbers = (row: Row, ...names: ReadonlyArray<string>): ReadonlyArray<number> =>
  names.map((name) => Number(row[name]));

const waited = ({ from, to }: QueueEntry): number => to - from;

const sum = (values: ReadonlyArray<number>): number => values.reduce((all, value) => all + value, 0);

const timestamp = (instant: number): string => new Date(instant).toISOString().replace("T", " ").replace("Z", "");

describe("the named queries", () => {
  let engine: LocalEngine;
  let run: Awaited<ReturnType<typeof runLocally>>;
  /** Keys of the lines that the test has written once more. */
  let doubled: ReadonlyArray<string> = [];

  const ask = async (name: string, conversation = ""): Promise<ReadonlyArray<Row>> => {
    const found = namedQueries().find((each) => each.name === name);
    const sql = (found?.sql ?? "").replaceAll(":day", `'${day}'`).replaceAll(":conversation", `'${conversation}'`);
    return resultObjects(await engine.query(sql));
  };

  /** Rows as a map by the values of some columns, so that an order among equals does not matter. */
  const byName = (rows: ReadonlyArray<Row>, ...names: ReadonlyArray<string>): ReadonlyMap<string, Row> =>
    new Map(rows.map((row) => [names.map((name) => row[name]).join(" "), row]));

  beforeAll(async () => {
    const isOnBus = ({ door }: { readonly door: string }): boolean => door === "bus";
    const late = old.events.filter(isOnBus).map(({ at: _, ...event }) => ({ ...event, at: 0 }));
    const broken = ["{", "nothing", "[]"].map((text) => ({ ...inBuffer(text), at: 0 }));
    run = await runLocally([...broken, ...late, ...today.events.filter(isOnBus)]);
    expect(run.differences).toStrictEqual([]);
    // Firehose may write what it has written before.
    const folder = join(run.bucketFolder, `type=acd.end/dt=${day}/shard=0`);
    const [object = ""] = readdirSync(folder);
    copyFileSync(join(folder, object), join(folder, `again-${object}`));
    const lines = gunzipSync(readFileSync(join(folder, object)))
      .toString("utf8")
      .trimEnd()
      .split("\n");
    doubled = lines.map((line) => JSON.parse(line).floodgate.key);
    engine = await openRun(run.bucketFolder, serviceLevel / 1000);
  });
  afterAll(() => engine.close());

  it("have a campaign whose today ends today", () => {
    const ends = today.scripts.flatMap(({ sessions }) => sessions.map(({ to }) => to));
    expect(Math.max(...ends)).toBeLessThan(endsBefore);
  });

  it("count the entries of each queue and hour", async () => {
    const hour = 60 * 60_000;
    const expected = Map.groupBy(entries, ({ queue, from }) => `${queue} ${timestamp(Math.floor(from / hour) * hour)}`);
    const rows = byName(await ask("entries_per_queue_and_hour"), "queue_id", "hour");
    expect(new Map([...rows].map(([name, row]) => [name, row["entries"]]))).toStrictEqual(
      new Map([...expected].map(([name, of]) => [name, String(of.length)])),
    );
    const { lowPriority, rateLimited } = run.ledger.setAside;
    expect(sum([...rows.values()].map((row) => Number(row["entries_set_aside"])))).toBe(lowPriority + rateLimited);
  });

  it("say how long each queue let wait, and which share was answered in time", async () => {
    const rows = byName(await ask("waiting_and_service_level"), "queue_id");
    const groups = Map.groupBy(entries, ({ queue }) => queue);
    expect([...rows.keys()].toSorted()).toStrictEqual([...groups.keys()].toSorted());
    for (const [queue, of] of groups) {
      const row = rows.get(queue) ?? {};
      const answered = of.filter(({ outcome }) => outcome === "ANSWERED");
      expect(numbers(row, "offered", "answered", "abandoned", "waiting_most_seconds")).toStrictEqual([
        of.length,
        answered.length,
        of.filter(({ outcome }) => outcome === "ABANDON").length,
        Math.max(...of.map(waited)) / 1000,
      ]);
      expect(Number(row["waiting_mean_seconds"])).toBeCloseTo(sum(of.map(waited)) / of.length / 1000, 0);
      const inTime = answered.filter((entry) => waited(entry) <= serviceLevel).length;
      expect(Math.abs(Number(row["service_level_percent"]) - (100 * inTime) / of.length)).toBeLessThan(0.051);
    }
  });

  it("say which share was abandoned in each 15 minutes", async () => {
    const quarter = 15 * 60_000;
    const groups = Map.groupBy(entries, ({ from }) => timestamp(Math.floor(from / quarter) * quarter));
    const rows = await ask("abandoned_share");
    expect(rows.map((row) => [row["interval_start"], row["offered"], row["abandoned"]])).toStrictEqual(
      [...groups]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, of]) => [
          name,
          String(of.length),
          String(of.filter(({ outcome }) => outcome === "ABANDON").length),
        ]),
    );
  });

  it("name the agents by the conversations that they handled", async () => {
    const talks = entries.flatMap(({ id, talk }) => (talk === undefined ? [] : [{ id, ...talk }]));
    const groups = Map.groupBy(talks, ({ user }) => user);
    const rows = await ask("agents_by_conversations");
    expect(new Map(rows.map((row) => [row["user_id"], row["conversations"]]))).toStrictEqual(
      new Map([...groups].map(([user, of]) => [user, String(new Set(of.map(({ id }) => id)).size)])),
    );
    for (const row of rows) {
      const of = groups.get(row["user_id"] ?? "") ?? [];
      const minutes = sum(of.map((talk) => talk.to - talk.answeredAt - talk.heldMilliseconds)) / 60_000;
      expect(Math.abs(Number(row["talking_minutes"]) - minutes)).toBeLessThan(0.051);
    }
    const counts = rows.map((row) => Number(row["conversations"]));
    expect(counts).toStrictEqual(counts.toSorted((a, b) => b - a));
  });

  it("say from which queue to which conversations were transferred", async () => {
    const pairs = scripts.flatMap(({ sessions }) =>
      sessions.flatMap(({ entries: own }) =>
        own.flatMap(({ talk, queue }, index) =>
          talk?.isTransferred === true ? `${queue} ${own[index + 1]?.queue}` : [],
        ),
      ),
    );
    const rows = byName(await ask("transfers"), "from_queue", "to_queue");
    expect(new Map([...rows].map(([name, row]) => [name, row["transfers"]]))).toStrictEqual(
      new Map([...Map.groupBy(pairs, (pair) => pair)].map(([pair, of]) => [pair, String(of.length)])),
    );
    expect(pairs.length).toBeGreaterThan(5);
  });

  it("tell one conversation, event by event", async () => {
    const script = today.scripts.find(({ sessions }) => sessions.length === 2) ?? today.scripts[0];
    if (script === undefined) throw new Error("the campaign has no conversation");
    const rows = await ask("one_conversation", script.id);
    const told = scriptEvents(seededRandom(1), script).map(({ at, topic }) => `${timestamp(at)} ${topic}`);
    const seen = rows.filter(({ type }) => type !== "conversation").map((row) => `${row["event_time"]} ${row["type"]}`);
    expect(seen.toSorted()).toStrictEqual(told.toSorted());
  });

  it("count what was late, by the day on which it happened", async () => {
    const told = old.scripts.flatMap((script) => scriptEvents(seededRandom(1), script));
    const entered = new Map([...Map.groupBy(told, ({ topic }) => topic)].map(([topic, of]) => [topic, of.length]));
    const rows = await ask("late");
    expect(rows.every((row) => row["happened_on"]?.startsWith("2025-12-2") === true)).toBe(true);
    const seen = new Map<string | null, number>();
    for (const row of rows) seen.set(row["type"] ?? null, (seen.get(row["type"] ?? null) ?? 0) + Number(row["events"]));
    for (const topic of ["customer.start", "acd.end", "wrapup"]) expect(seen.get(topic)).toBe(entered.get(topic));
  });

  it("name the events that lie in S3 twice, and count none of them twice", async () => {
    const copies = new Map((await ask("copies")).map((row) => [row["key"], Number(row["copies"])]));
    expect(doubled.length).toBeGreaterThan(0);
    expect(doubled.filter((key) => (copies.get(key) ?? 0) < 2)).toStrictEqual([]);
    const [count] = resultObjects(await engine.query("SELECT count(*) AS n, count(DISTINCT key) AS keys FROM events"));
    expect(count?.["n"]).toBe(count?.["keys"]);
    // A campaign that is large enough has events that SQS handed out twice.
    const more = sum([...copies.values()].map((each) => each - 1));
    expect(more).toBe(run.ledger.delivered + doubled.length - Number(count?.["n"]));
  });

  it("count what was set aside and what is parked as the ledger does", async () => {
    const reasons = new Map<string | null, number>();
    for (const row of await ask("set_aside")) {
      reasons.set(row["reason"] ?? null, (reasons.get(row["reason"] ?? null) ?? 0) + Number(row["entries"]));
    }
    const { lowPriority, rateLimited } = run.ledger.setAside;
    expect(new Map([...reasons].toSorted())).toStrictEqual(
      new Map(Object.entries({ lowPriority, rateLimited }).filter(([, events]) => events > 0)),
    );
    expect(await ask("parked")).toStrictEqual([
      { reason: "malformed", events: "3", most_attempts: "1", oldest: expect.stringMatching(/^2026-01-05 09:00:0/) },
    ]);
  });
});
