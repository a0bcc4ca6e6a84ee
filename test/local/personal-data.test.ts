import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { campaign } from "../../local/campaign.ts";
import { awsError } from "../../local/gateway.ts";
import { devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";

const events = [
  ...campaign({ count: 800, seed: 9, perMinute: 10_000, start }),
  inBuffer('{"ani":"tel:+12025559999", cut off'),
];

const numbersIn = (text: string): ReadonlyArray<string> => text.match(/\+1202555\d{4}/g) ?? [];

const personal = new Set(events.flatMap(({ text }) => numbersIn(text)));

/** Everything that a run has stored, unzipped. */
const storedIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".gz"))
    .map((name) => gunzipSync(readFileSync(`${folder}/${name}`)).toString("utf8"))
    .join("\n");

const withTrouble = {
  faults: ({ operation }: { readonly operation: string }) =>
    operation === "firehose.PutRecordBatch" && Math.random() < 0.2
      ? ({ _tag: "Answer", answer: awsError(500, "InternalServerError", "down") } as const)
      : undefined,
};

describe("personal data", () => {
  it("stands in no log line of a run with failures, whichever value is looked for", async () => {
    const run = await runLocally(events, withTrouble);
    expect([run.differences, personal.size > 100, run.logs.length > 3]).toStrictEqual([[], true, true]);
    const leaked = run.logs.filter(({ text }) => numbersIn(text).length > 0 || /Agent \d|@example\.com/.test(text));
    expect(leaked).toStrictEqual([]);
  });

  it("is stored nowhere when the stack redacts it, neither delivered nor failed nor parked", async () => {
    const plan = await devPlan('floodgate:delivery={"redact":["ani","dnis"]}');
    const run = await runLocally(events, { ...withTrouble, plan });
    const stored = storedIn(run.bucketFolder);
    expect(run.ledger.delivered).toBeGreaterThan(400);
    expect([numbersIn(stored).length, /"ani":"sha256:[0-9a-f]{12}"/.test(stored)]).toStrictEqual([0, true]);
    expect(run.ledger.parked["malformed"]).toBeGreaterThan(0);
    // The audit compares texts with what was sent, so it names every line that was redacted, and nothing else.
    expect(run.differences.filter((line) => !line.endsWith("is not its own text"))).toStrictEqual([]);
  });
});
