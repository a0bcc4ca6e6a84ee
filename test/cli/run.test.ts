import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { generatedInput } from "../../cli/run/generated-input.ts";
import { ownText } from "../../local/audit/audit-text.ts";
import { burst } from "../../local/campaign/burst.ts";
import { floodgate } from "../support/floodgate.ts";
import { devPlan, newFolder, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";

const fileWith = (name: string, text: string | Buffer): string => {
  const file = join(newFolder(), "..", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

const deliveredLines = (out: string): ReadonlyArray<string> =>
  readdirSync(join(out, "s3"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("type=") && name.endsWith(".jsonl.gz"))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(out, "s3", name)))
        .toString("utf8")
        .trimEnd()
        .split("\n"),
    );

const samples = "test/samples/genesys";

describe("floodgate run", () => {
  it("gives each of the vendor's samples exactly one outcome, and delivers its own text", async () => {
    const out = newFolder();
    const { code, stdout, stderr } = await floodgate("run", "--events", samples, "--json", "--out", out);
    expect([code, JSON.parse(stdout)]).toStrictEqual([
      0,
      {
        received: 36,
        delivered: 22,
        setAside: { lowPriority: 0, rateLimited: 0 },
        dropped: { lowPriority: 0, rateLimited: 0 },
        duplicates: 1,
        parked: { malformed: 13 },
        alsoParked: 0,
        inFlight: 0,
        unmatched: 0,
        balanced: true,
      },
    ]);
    expect(stderr).toContain("ignored: test/samples/genesys/README.md");
    const sent = readdirSync(samples)
      .filter((name) => !/^(rest|oauth|README)/.test(name))
      .map((name) => JSON.stringify(JSON.parse(readFileSync(join(samples, name), "utf8"))));
    const delivered = deliveredLines(out).map((line) => {
      const { floodgate: member, ...own } = JSON.parse(line);
      expect(Object.keys(member).slice(0, 6)).toStrictEqual([
        "v",
        "key",
        "messageId",
        "receivedAt",
        "eventTime",
        "type",
      ]);
      const text = ownText(line);
      expect(JSON.parse(text)).toStrictEqual(own);
      return text;
    });
    expect(delivered.toSorted()).toStrictEqual([...new Set(sent)].toSorted());
  });

  it("gives every kind of bad input the outcome that the design names, and loses nothing", async () => {
    const event = (id: string, length: number, eventTime: unknown) =>
      JSON.stringify({
        id,
        "detail-type": "v2.new.{id}.topic",
        source: "aws.partner/genesys.com/cloud/1/x",
        detail: { eventBody: { eventTime, note: "x".repeat(length) } },
      });
    const lines = [
      "not JSON at all",
      '{"source":"aws.partner/genesys.com/cloud/1/x","detail-type":"no detail"}',
      event("e-1", 10, "half past nine"),
      event("e-2", 300 * 1024, 1767603620723),
      event("e-3", 1024 * 1024 - 400, 1767603620723),
      '{"source":"somebody.else","detail-type":"x","detail":{}}',
    ];
    const file = fileWith("bad.jsonl", `${lines.join("\n")}\n`);
    const { code, stdout } = await floodgate("run", "--events", file, "--json", "--out", newFolder());
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { received: 5, delivered: 2, parked: { malformed: 2, tooLarge: 1 }, unmatched: 1, balanced: true },
    ]);
  });

  it("prints what the README shows of the campaign, and no noise", async () => {
    const { code, stdout } = await floodgate("run", "--out", newFolder());
    const readme = readFileSync("README.md", "utf8");
    const [ledger = ""] = stdout.split("\n\n");
    const shown = ledger.split("\n").filter((line) => !line.includes("refused"));
    expect([code, shown.filter((line) => !readme.includes(`    ${line}\n`))]).toStrictEqual([0, []]);
    expect(readme).toContain("Balanced: every copy that was received is accounted for.");
    expect(stdout).not.toContain("not simulated");
    expect(stdout).toContain("npx floodgate query --example waiting_and_service_level --out ");
  });

  it("sends of the campaign only the topics that the stack subscribes to, and tells more with --verbose", async () => {
    const topics = 'floodgate:topics=["v2.detail.events.conversation.{id}.acd.start"]';
    const plan = await devPlan(topics);
    const { events } = generatedInput(plan, { count: 500, seed: 1, perMinute: 10_000, start });
    const run = await runLocally(events, { plan });
    expect([run.ledger.received, run.ledger.unmatched]).toStrictEqual([events.length, 0]);
    expect(readdirSync(run.bucketFolder).filter((name) => name.startsWith("type="))).toStrictEqual(["type=acd.start"]);
    const { stdout } = await floodgate("run", "--events", samples, "--verbose", "--out", newFolder());
    expect(stdout).toContain("  not simulated: ");
  });

  it("runs an empty file to a ledger of nothing, says so, and is no success", async () => {
    const { code, stdout, stderr } = await floodgate(
      "run",
      "--events",
      fileWith("empty.json", ""),
      "--json",
      "--out",
      newFolder(),
    );
    expect([code, JSON.parse(stdout).received]).toStrictEqual([1, 0]);
    expect(stderr).toMatch(/^not read: .*empty\.json: the file is empty\n$/);
  });

  it("is no success when a file of its input cannot be read, or only to a part, however much could", async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    copyFileSync("test/samples/genesys/acd.start.voice.json", join(folder, "whole.json"));
    const whole = await floodgate("run", "--events", folder, "--out", newFolder(), "--json");
    const packed = gzipSync(readFileSync("test/samples/genesys/acd.start.voice.json"));
    writeFileSync(join(folder, "cut.json.gz"), packed.subarray(0, packed.length - 20));
    const part = await floodgate("run", "--events", folder, "--out", newFolder(), "--json");
    expect([whole.code, part.code, JSON.parse(part.stdout).delivered]).toStrictEqual([
      0,
      1,
      JSON.parse(whole.stdout).delivered,
    ]);
    expect(part.stderr).toContain("cut.json.gz");
  });

  it("takes times in seconds for what they are: none is late, and none is dropped for it", async () => {
    const out = newFolder();
    const { code, stdout } = await floodgate("run", "--events", "test/cases/seconds.jsonl", "--json", "--out", out);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { received: 60, delivered: 60, setAside: { lowPriority: 0, rateLimited: 0 } },
    ]);
    expect(new Set(deliveredLines(out).map((line) => JSON.parse(line).floodgate.eventTime.slice(0, 10)))).toStrictEqual(
      new Set(["2026-01-05"]),
    );
  });

  it("reads arrays, pretty-printed events and gzip", async () => {
    const one = readFileSync(`${samples}/acd.start.voice.json`, "utf8");
    const two = readFileSync(`${samples}/user.start.voice.json`, "utf8");
    const file = fileWith("events.json.gz", gzipSync(`[${one},\n${two}]`));
    const { stdout } = await floodgate("run", "--events", file, "--json", "--out", newFolder());
    expect(JSON.parse(stdout)).toMatchObject({ received: 2, delivered: 2 });
  });

  it.each([
    [["run", "--events", "nowhere.json"], 2, "--events nowhere.json: there is no such file or directory"],
    [["run", "--rate", "fast"], 2, "--rate fast: has to be a whole number of at least 1"],
    [["run", "--rate", "3k"], 2, "--rate 3k: has to be a whole number of at least 1"],
    [["run", "--rate", "1,000"], 2, "--rate 1,000: has to be a whole number of at least 1"],
    [["run", "--rate", "2.5"], 2, "--rate 2.5: has to be a whole number of at least 1"],
    [["run", "--rate", "0"], 2, "--rate 0: has to be a whole number of at least 1"],
    [["run", "--sed", "1"], 2, "Unknown option '--sed'"],
    [["run", "--out", "src"], 2, "--out src: holds files that no run made"],
    [["run", "--stack", "moon"], 2, "--stack moon: there is no Pulumi.moon.yaml"],
    [["plan", "--stack", "moon"], 2, "--stack moon: there is no Pulumi.moon.yaml"],
    [["fly"], 2, "there is no command fly"],
    [
      ["run", "--config", 'floodgate:admission={"maxEventsPerQueuePerSecond":"five"}'],
      1,
      'floodgate:admission.maxEventsPerQueuePerSecond is "five": it has to be a whole number from 1 to 1000.',
    ],
  ])("answers %j with exit code %i and a line that helps", async (args, code, line) => {
    const ended = await floodgate(...args);
    expect([ended.code, ended.stdout]).toStrictEqual([code, ""]);
    expect(ended.stderr).toContain(line);
  });

  it.each([["--help"], ["run", "--help"], ["plan", "--help"]])("explains itself: %s %s", async (...args) => {
    const ended = await floodgate(...args.filter((arg) => arg !== undefined));
    expect([ended.code, ended.stderr]).toStrictEqual([0, ""]);
    expect(ended.stdout).toContain("Usage: npx floodgate");
  });

  it("does the same twice for the same seed, and something else for another", async () => {
    const events = (seed: number) => burst({ count: sized(250, 700), seed, perMinute: 10_000, start });
    const [first, second, other] = [
      await runLocally(events(1)),
      await runLocally(events(1)),
      await runLocally(events(2)),
    ];
    expect(second.ledger).toStrictEqual(first.ledger);
    expect(second.deliveredKeys).toStrictEqual(first.deliveredKeys);
    expect(other.deliveredKeys).not.toStrictEqual(first.deliveredKeys);
  });

  it("makes at least five times the invocations with a batch size of 10 instead of 100", async () => {
    const events = burst({ count: sized(250, 700), seed: 1, perMinute: 10_000, start });
    const invocations = async (batchSize: number) => {
      const plan = await devPlan(`floodgate:processing={"batchSize":${batchSize},"maximumConcurrency":2}`);
      const run = await runLocally(events, { plan });
      expect(run.differences).toStrictEqual([]);
      return run.functions.get("process-batch")?.invocations ?? 0;
    };
    expect(await invocations(10)).toBeGreaterThanOrEqual(5 * (await invocations(100)));
  });
});

describe("floodgate plan", () => {
  it("prints the same JSON twice: resources by type and name, with their inputs and without secrets", async () => {
    const [first, second] = [await floodgate("plan", "--json"), await floodgate("plan", "--json")];
    expect(first).toStrictEqual(second);
    const resources: { type: string; name: string; inputs: object }[] = JSON.parse(first.stdout);
    expect(resources.every((resource) => /^type,name,inputs(,options)?$/.test(Object.keys(resource).join()))).toBe(
      true,
    );
    expect(
      resources.find(({ name, type }) => type === "aws:lambda/function:Function" && name === "process-batch"),
    ).toMatchObject({
      inputs: {
        code: { archive: { "index.mjs": "[asset]" } },
        environment: { variables: { DELIVERY_STREAM: "events" } },
      },
    });
  });
});
