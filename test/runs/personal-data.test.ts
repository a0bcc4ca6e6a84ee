import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import { organisation } from "../../local/genesys/organisation.ts";
import { awsError } from "../../local/service.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";

const samples = "test/samples/genesys";

/** A campaign, and each of the vendor's kinds of event, with their addresses, subjects and attributes. */
const events = [
  ...burst({ count: 800, seed: 9, perMinute: 10_000, start }),
  ...readdirSync(samples)
    .filter((name) => name.endsWith(".json") && !/^(rest|oauth)/.test(name))
    .map((name) => atBus(readFileSync(`${samples}/${name}`, "utf8"))),
  inBuffer('{"ani":"tel:+12025559999", cut off'),
];

/** What a log may say of an event: its ids, and what is the same for all of its kind. */
const ofNobody = /id$|^(account|detail-type|source|time|timestamp|region|topicName|type|version)$/i;

const valuesIn = (value: unknown, key: string): ReadonlyArray<string> => {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([name, each]) => valuesIn(each, Array.isArray(value) ? key : name));
  }
  // Short and upper-case texts are the vendor's enumerations, such as INBOUND.
  return typeof value === "string" && !ofNobody.test(key) && /[a-z+@]/.test(value) && value.length > 5 ? [value] : [];
};

const readable = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const numbersIn = (text: string): ReadonlyArray<string> => text.match(/\+1202555\d{4}/g) ?? [];

/** Every value of the events that is somebody's, and every number in those that are no JSON. */
const personal = new Set(events.flatMap(({ text }) => [...valuesIn(readable(text), ""), ...numbersIn(text)]));

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
    const logs = run.logs.map(({ text }) => text).join("\n");
    const users = [...organisation().users.values()].flatMap(({ name, email }) => [String(name), String(email)]);
    expect([...personal, ...users].filter((value) => logs.includes(value))).toStrictEqual([]);
  });

  it("is stored nowhere when the stack redacts it, neither delivered nor failed nor parked", async () => {
    const plan = await devPlan('floodgate:delivery={"redact":["ani","dnis","callbackNumbers"]}');
    const run = await runLocally(events, { ...withTrouble, plan });
    const stored = storedIn(run.bucketFolder);
    expect(run.ledger.delivered).toBeGreaterThan(400);
    expect([numbersIn(stored).length, /"ani":"sha256:[0-9a-f]{12}"/.test(stored)]).toStrictEqual([0, true]);
    expect(run.ledger.parked["malformed"]).toBeGreaterThan(0);
    // The audit compares texts with what was sent, so it names every line that was redacted, and nothing else.
    expect(run.differences.filter((line) => !line.endsWith("is not its own text"))).toStrictEqual([]);
  });
});
