import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../cli/command.ts";
import { command } from "../../../cli/query/query.ts";
import { drawScript } from "../../../local/campaign/draw-script.ts";
import { scriptEvents } from "../../../local/campaign/script-events.ts";
import { seededRandom } from "../../../local/clock.ts";
import { divertOutput, inContainer } from "../../../local/models/container-output.ts";
import { deliveredLine } from "../../../src/delivery/delivered-line.ts";
import { eventOf, message } from "../../support/builders.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";
import { newFolder, start } from "../../support/local-run.ts";

const script = drawScript(seededRandom(3), start, "transferred");

/** The folder of a run that delivered one conversation, in the shape that a run leaves. */
const runFolder = (): string => {
  const out = newFolder();
  for (const { topic, text } of scriptEvents(seededRandom(3), script)) {
    const folder = join(out, `s3/floodgate-events/type=${topic}/dt=2026-01-05/shard=0`);
    mkdirSync(folder, { recursive: true });
    const line = deliveredLine(eventOf(message(text, { messageId: text.slice(0, 9) })));
    writeFileSync(join(folder, `${text.length}-${topic}-${script.id}.gz`), gzipSync(`${line}\n`), { flag: "a" });
  }
  return out;
};

const call = async (...args: ReadonlyArray<string>): Promise<{ readonly code: number; readonly printed: string }> => {
  let printed = "";
  const log = (text: string): void => {
    printed += text;
  };
  return { code: await inContainer.run({ log, skew: 0 }, () => command.run(args)), printed };
};

describe("floodgate query", () => {
  let out = "";
  let restore: () => void;
  beforeAll(() => {
    out = runFolder();
    restore = divertOutput();
  });
  afterAll(() => restore());

  it("answers a question of one's own as a table, as CSV and as JSON", async () => {
    const sql = "SELECT outcome, entries, 'a \"b\",c' AS odd, queues IS NULL AS no FROM conversations";
    const { code, printed } = await call(sql, "--out", out);
    expect([code, printed.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " "))]).toStrictEqual([
      0,
      ["outcome entries odd no", 'ANSWERED 2 a "b",c false', "", "1 row", ""],
    ]);
    expect((await call(sql, "--out", out, "--csv")).printed).toBe(
      'outcome,entries,odd,no\nANSWERED,2,"a ""b"",c",false\n',
    );
    expect(JSON.parse((await call(sql, "--out", out, "--json")).printed)).toStrictEqual([
      { outcome: "ANSWERED", entries: "2", odd: 'a "b",c', no: "false" },
    ]);
  });

  it("answers an example for the newest day of a run, or for another", async () => {
    const { printed } = await call("--example", "entries_per_queue_and_hour", "--out", out, "--json");
    const queues = new Set(script.sessions.flatMap(({ entries }) => entries.map(({ queue }) => queue)));
    expect(JSON.parse(printed).map(({ queue_id: queue }: { queue_id: string }) => queue)).toStrictEqual([...queues]);
    const other = await call("--example", "entries_per_queue_and_hour", "--day", "2026-01-04", "--out", out, "--json");
    expect(JSON.parse(other.printed)).toStrictEqual([]);
    const one = await call("--example", "one_conversation", "--conversation", script.id, "--out", out, "--json");
    expect(JSON.parse(one.printed).map(({ type }: { type: string }) => type)).toContain("acd.end");
    const odd = await call("--example", "one_conversation", "--conversation", "it's $& none", "--out", out, "--json");
    expect(JSON.parse(odd.printed)).toStrictEqual([]);
  });

  it("asks of floodgate dev the objects that lie beside its outputs", async () => {
    const file = await outputsAt("http://127.0.0.1:1");
    const beside = join(out, "outputs.json");
    writeFileSync(beside, readFileSync(file));
    const { printed } = await call("SELECT count(*) AS n FROM conversations", "--outputs", beside, "--json");
    expect(JSON.parse(printed)).toStrictEqual([{ n: "1" }]);
  });

  it("counts as answered in time what the stack does", async () => {
    const waits = script.sessions.flatMap(({ entries }) =>
      entries.flatMap(({ from, to, outcome }) => (outcome === "ANSWERED" ? [to - from] : [])),
    );
    const within = async (seconds: number): Promise<string> => {
      const outputs = JSON.parse(readFileSync(await outputsAt("http://127.0.0.1:1"), "utf8"));
      const beside = join(out, "outputs.json");
      writeFileSync(beside, JSON.stringify({ ...outputs, serviceLevelSeconds: seconds }));
      const sql = "SELECT sum(answered_in_time) AS n FROM queue_intervals";
      return JSON.parse((await call(sql, "--outputs", beside, "--json")).printed)[0].n;
    };
    const longest = Math.ceil(Math.max(...waits) / 1000);
    expect([await within(longest), await within(longest - 1)]).toStrictEqual([
      String(waits.length),
      String(waits.filter((wait) => wait <= (longest - 1) * 1000).length),
    ]);
    expect(waits.filter((wait) => wait <= (longest - 1) * 1000).length).toBeLessThan(waits.length);
  });

  it("lists tables with their columns, and the examples", async () => {
    const { printed } = await call("--list");
    expect(printed).toMatch(
      /^Tables\n[\s\S]*queue_intervals +Queue and 15 minutes[\s\S]*\nExamples\n[\s\S]*abandoned_share/,
    );
    const { tables, examples } = JSON.parse((await call("--list", "--json")).printed);
    expect([tables.length, examples.length, tables[0].name, tables[0].columns[0]]).toStrictEqual([
      8,
      10,
      "every_copy",
      ["key", "varchar"],
    ]);
  });

  it.each([
    [[], 'give one query, "SELECT ...", or --example NAME'],
    [["SELECT 1", "--example", "late"], 'give one query, "SELECT ...", or --example NAME'],
    [["--example", "nope"], "--example nope: has to be one of entries_per_queue_and_hour, "],
    [["--example", "late", "--day", "today"], "--day today: has to be a date such as 2026-01-05"],
    [["--example", "one_conversation"], "--example one_conversation needs --conversation ID"],
    [["SELECT 1", "--out", "/nowhere"], "/nowhere/s3 has no bucket"],
  ])("refuses %j, and says why", async (args, words) => {
    const given = args.includes("--out") ? args : [...args, "--out", out];
    const failed = call(...given);
    await expect(failed).rejects.toThrow(words);
    await expect(failed).rejects.toBeInstanceOf(UsageError);
  });

  it("says what is wrong with a query", async () => {
    await expect(call("SELECT nothing FROM events", "--out", out)).rejects.toThrow(/nothing/);
  });
});
