import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "../../../infra/configuration/read-configuration.ts";

type Values = Readonly<Record<string, unknown>>;

const read = (values: Values) =>
  readConfiguration(
    Object.fromEntries([
      ["aws:region", "eu-central-1"],
      ...Object.entries(values).map(([key, value]) => [`floodgate:${key}`, JSON.stringify(value)]),
    ]),
  );

/** The keys of which something is wrong. */
const wrongKeys = (values: Values): ReadonlyArray<string> => {
  const configuration = read(values);
  return E.isLeft(configuration) ? configuration.left.map(({ key }) => key) : [];
};

const genesys = { region: "mypurecloud.de", clientId: "a", clientSecret: "b" };
const granted = { quotaMebibytesPerSecond: 20 };
const silentFor = (minutes: unknown, others: object = {}) => ({ alarms: { silence: { minutes, ...others } } });
const ring = "floodgate:alarms.silence";

describe("a rule over several keys", () => {
  it.each<[string, Values, Values, string]>([
    [
      "a batch of more than 10 needs a window",
      { processing: { batchSize: 10, batchingWindowSeconds: 0 } },
      { processing: { batchSize: 11, batchingWindowSeconds: 0 } },
      "floodgate:processing.batchingWindowSeconds",
    ],
    [
      "a window of one second is one",
      { processing: { batchSize: 11, batchingWindowSeconds: 1 } },
      { processing: { batchSize: 10_000, batchingWindowSeconds: 0 } },
      "floodgate:processing.batchingWindowSeconds",
    ],
    [
      "partitions have to be as many as Firehose keeps open",
      { delivery: { shards: 4 } },
      { delivery: { shards: 5 } },
      "floodgate:delivery.shards",
    ],
    [
      "excess that is not stored has no partitions",
      { delivery: { shards: 5 }, admission: { excess: "drop" } },
      { delivery: { shards: 6 }, admission: { excess: "drop" } },
      "floodgate:delivery.shards",
    ],
    [
      "the largest batch has to get through in its time",
      { processing: { maximumConcurrency: 6 } },
      { processing: { maximumConcurrency: 7 } },
      "floodgate:processing.maximumConcurrency",
    ],
    [
      "a peak is no less than the average",
      { expected: { eventsPerMinute: 10_000 } },
      { expected: { eventsPerMinute: 10_001 } },
      "floodgate:expected.peakEventsPerMinute",
    ],
    [
      "a peak has to fit into three quarters of the stream",
      { expected: { peakEventsPerMinute: 23_039 } },
      { expected: { peakEventsPerMinute: 23_040 } },
      "floodgate:expected.peakEventsPerMinute",
    ],
    [
      "a peak has to fit through the bus",
      { expected: { peakEventsPerMinute: 270_000 }, delivery: granted },
      { expected: { peakEventsPerMinute: 270_001 }, delivery: granted },
      "floodgate:expected.peakEventsPerMinute",
    ],
    [
      "reservations leave AWS what it keeps",
      { lambda: { accountConcurrency: 127 } },
      { lambda: { accountConcurrency: 126 } },
      "floodgate:lambda.accountConcurrency",
    ],
    [
      "an account that is too small reserves nothing",
      { lambda: { accountConcurrency: 10, reserveConcurrency: false } },
      { lambda: { accountConcurrency: 10 } },
      "floodgate:lambda.accountConcurrency",
    ],
    [
      "an archive outlives the buffer",
      { archive: { retentionDays: 15 } },
      { archive: { retentionDays: 14 } },
      "floodgate:archive.retentionDays",
    ],
    [
      "no archive is a choice, a short one is none",
      { archive: { retentionDays: 0 } },
      { archive: { retentionDays: 1 } },
      "floodgate:archive.retentionDays",
    ],
    [
      "silence is shorter than the hours",
      silentFor(719, { from: "08:00", to: "20:00" }),
      silentFor(720, { from: "08:00", to: "20:00" }),
      `${ring}.minutes`,
    ],
    [
      "hours over midnight are as long as they are",
      silentFor(239, { from: "22:00", to: "02:00" }),
      silentFor(240, { from: "22:00", to: "02:00" }),
      `${ring}.minutes`,
    ],
    ["silence needs a day", silentFor(0, { days: [] }), silentFor(1, { days: [] }), `${ring}.days`],
    [
      "freshness can be kept beside the window",
      { processing: { batchingWindowSeconds: 215 } },
      { processing: { batchingWindowSeconds: 216 } },
      "floodgate:delivery.freshnessMinutes",
    ],
    [
      "freshness is not promised where the time of an object is given",
      { processing: { batchingWindowSeconds: 300 }, delivery: { bufferSeconds: 900 } },
      { processing: { batchingWindowSeconds: 300 }, delivery: { bufferSeconds: "auto" } },
      "floodgate:delivery.freshnessMinutes",
    ],
    [
      "retention is one that CloudWatch offers",
      { logs: { retentionDays: 7 } },
      { logs: { retentionDays: 8 } },
      "floodgate:logs.retentionDays",
    ],
    [
      "what is redacted is not added again",
      { delivery: { redact: ["email"] }, genesys, enrichment: { mode: "off" } },
      { delivery: { redact: ["email"] }, genesys, enrichment: { mode: "bestEffort" } },
      "floodgate:delivery.redact",
    ],
    [
      "without Genesys nothing is added",
      { delivery: { redact: ["email"] } },
      { delivery: { redact: ["email"] }, genesys },
      "floodgate:delivery.redact",
    ],
    [
      "an organisation has a secret in one form, not in both",
      { genesys: { region: "mypurecloud.de", secretArn: "arn:aws:secretsmanager:eu-central-1:1:secret:x-AbCdEf" } },
      { genesys: { region: "mypurecloud.de", clientId: "a" } },
      "floodgate:genesys",
    ],
  ])("%s: takes the last that is good, refuses the first that is not", (_, good, bad, key) => {
    expect([wrongKeys(good), wrongKeys(bad)]).toStrictEqual([[], [key]]);
  });

  it("names of half an organisation what is there", () => {
    const half = read({ genesys: { region: "mypurecloud.de", clientId: "a" } });
    expect(E.isLeft(half) && half.left.map(({ value }) => value)).toStrictEqual(["{ region, clientId }"]);
  });
});

describe("a key of a kind", () => {
  it.each<[string, string, ReadonlyArray<unknown>, ReadonlyArray<unknown>]>([
    ["a whole number", "processing.batchSize", [1, 1_000], [0, 10_001, 10.5, "10", null, [10]]],
    ["a whole number or auto", "delivery.bufferSeconds", [60, 900, "auto"], [59, 901, "Auto", null]],
    ["yes or no", "lambda.tracing", [true, false], ["true", 1, null]],
    ["one of a list", "admission.excess", ["store", "drop"], ["Store", "", null, ["store"]]],
    ["a text or none", "alarms.email", ["a@example.com", null], ["a", "a@b c", 5]],
    ["a list of texts", "delivery.redact", [[], ["ani", "dnis"]], [["ani", ""], ["ani", 5], "ani", null]],
    ["a time of day", "alarms.silence.from", ["08:00", "23:59"], ["24:00", "8:00", "08:60", 8]],
    ["a zone", "alarms.silence.zone", ["UTC", "Europe/Berlin"], ["Mars/Base", "", 1]],
    ["some of a list", "alarms.silence.days", [["Mon"], ["Mon", "Sun"]], [["Mon", "Day"], ["mon"], "Mon"]],
    ["tags", "tags", [{}, { team: "a" }], [{ team: 5 }, ["a"], "a"]],
    ["a list of rules", "priorities", [[], [{ priority: 0 }]], [{}, "VIP", [5]]],
    ["a rule's text", "priorities[].name", ["VIP*", null], [" ", 5]],
    ["a rule's yes or no", "priorities[].ignoreCase", [true, false, null], ["true", 1]],
    ["a rule's share", "priorities[].mediaServiceLevel.minPercentage", [0, 0.5, 1, null], [-0.1, 1.1, "1"]],
    ["a rule's window", "priorities[].perSeconds", [1, 60, null], [7, "60"]],
    ["a policy", "permissionsBoundary", ["arn:aws:iam::123456789012:policy/b", null], ["b", "arn:aws:s3:::b"]],
  ])("%s (%s) takes what is one and nothing else", (_, path, good, bad) => {
    const holding = (value: unknown): Values => {
      const [key = "", ...inner] = path.split(".");
      const whole = inner.reduceRight<unknown>((held, name) => ({ [name]: held }), value);
      return key.endsWith("[]") ? { [key.slice(0, -2)]: [whole] } : { [key]: whole };
    };
    const isTaken = (value: unknown): boolean => wrongKeys(holding(value)).length === 0;
    expect([good.filter((value) => !isTaken(value)), bad.filter(isTaken)]).toStrictEqual([[], []]);
  });
});
