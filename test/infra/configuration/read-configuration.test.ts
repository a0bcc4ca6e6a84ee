import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { describeMistake } from "../../../infra/configuration/mistake.ts";
import { readConfiguration } from "../../../infra/configuration/read-configuration.ts";

const mistakes = (values: Readonly<Record<string, unknown>>) => {
  const texts = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const read = readConfiguration({ "aws:region": "eu-central-1", ...Object.fromEntries(texts) });
  return E.isLeft(read) ? read.left.map(describeMistake) : [];
};

describe("readConfiguration", () => {
  it("needs nothing: every key has a default", () => {
    const read = readConfiguration({ "aws:region": "eu-central-1" });
    expect(E.isRight(read) && read.right.processing).toStrictEqual({
      batchSize: 1000,
      batchingWindowSeconds: 5,
      maximumConcurrency: 5,
      timeoutSeconds: 90,
      memoryMegabytes: 512,
    });
  });

  it("names key, value, rule and fix of every mistake at once", () => {
    expect(
      mistakes({
        "floodgate:admission": { maxEventsPerQueuePerSecond: "five", minPriorty: 3 },
        "floodgate:delivery": { shards: 40 },
        "floodgate:processing": { batchingWindowSeconds: 0 },
        "floodgate:source": { type: "partner" },
        "floodgate:topic": [],
      }),
    ).toStrictEqual([
      "floodgate:topic is []: it is not a key (did you mean `topics`?). Remove it: npx pulumi config rm --path 'floodgate:topic'.",
      "floodgate:admission.minPriorty is 3: it is not a key (did you mean `minPriority`?). Remove it: npx pulumi config rm --path 'floodgate:admission.minPriorty'.",
      "floodgate:admission.maxEventsPerQueuePerSecond is \"five\": it has to be a whole number from 1 to 1000. Set it: npx pulumi config set --path 'floodgate:admission.maxEventsPerQueuePerSecond' <value>.",
      "floodgate:source.name is missing: it is needed for a partner source. Set it to the name shown under Partner event sources in the EventBridge console.",
      "floodgate:processing.batchingWindowSeconds is 0: it has to be at least 1 when batchSize is above 10 (Lambda refuses it otherwise). Set it to 5, or batchSize to 10.",
      "floodgate:delivery.shards is 40: it would need 3838 active partitions of at most 500. Set fewer shards.",
    ]);
  });

  it("takes what an emulator needs, of the provider's own keys", () => {
    expect(
      mistakes({
        "aws:endpoints": '[{"s3":"http://127.0.0.1:4566"}]',
        "aws:s3UsePathStyle": "true",
        "aws:skipCredentialsValidation": "true",
        "aws:skipMetadataApiCheck": "true",
        "aws:skipRequestingAccountId": "true",
      }),
    ).toStrictEqual([]);
  });

  it.each([
    [{ "aws:region": "nowhere" }, 'aws:region is "nowhere": it has to be a region such as eu-central-1.'],
    [
      { "aws:alowedAccountIds": "[]" },
      "aws:alowedAccountIds is set: it has no effect on this program (did you mean `aws:allowedAccountIds`?).",
    ],
    [
      { "floodgate:processing": { timeoutSeconds: 10 } },
      "floodgate:processing.timeoutSeconds is 10: it has to be a whole number from 45 to 900.",
    ],
    [
      { "floodgate:expected": { peakEventsPerMinute: 60000 } },
      "floodgate:expected.peakEventsPerMinute is 60000: it makes 1.95 MiB/s with events of 2 KiB, and of the stream's 1 MiB/s 0.75 are for it (the rest is for retries). Ask AWS for 3 MiB/s or more (Service Quotas, Amazon Data Firehose, direct PUT) and set floodgate:delivery.quotaMebibytesPerSecond to it.",
    ],
    [
      {
        "floodgate:expected": { peakEventsPerMinute: 300_000 },
        "floodgate:delivery": { quotaMebibytesPerSecond: 20 },
      },
      "floodgate:expected.peakEventsPerMinute is 300000: it makes 5000 events a second, and EventBridge sends 4500 a second to targets in eu-central-1",
    ],
    [
      { "floodgate:expected": { eventsPerMinute: 20000 } },
      "floodgate:expected.peakEventsPerMinute is 10000: it is below eventsPerMinute, 20000.",
    ],
    [
      { "floodgate:alarms": { silence: { minutes: 720, from: "08:00", to: "20:00" } } },
      "floodgate:alarms.silence.minutes is 720: it is never reached within the 720 minutes from 08:00 to 20:00.",
    ],
    [
      { "floodgate:alarms": { silence: { minutes: 60, days: [] } } },
      "floodgate:alarms.silence.days is []: it names no day, so silence is never counted.",
    ],
    [
      { "floodgate:processing": { batchingWindowSeconds: 300 } },
      "floodgate:delivery.freshnessMinutes is 5: it cannot be kept: with processing.batchingWindowSeconds 300 an event may take 385 s to S3.",
    ],
    [
      { "floodgate:lambda": { accountConcurrency: 100 } },
      "floodgate:lambda.accountConcurrency is 100: it is too little: functions reserve 27, and AWS keeps 100 unreserved. Ask AWS for 127",
    ],
    [
      { "floodgate:archive": { retentionDays: 14 } },
      "floodgate:archive.retentionDays is 14: it is not longer than the 14 days that an event may wait in the buffer",
    ],
    [
      { "floodgate:processing": { maximumConcurrency: 1000 }, "floodgate:lambda": { accountConcurrency: 2000 } },
      "floodgate:processing.maximumConcurrency is 1000: it leaves each invocation so small a share of 1 MiB/s that a batch of 6144 KiB takes 8005 s, and timeoutSeconds allows 55.",
    ],
    [
      { "floodgate:processing": { batchSize: 1, maximumConcurrency: 100 } },
      "floodgate:processing.maximumConcurrency is 100: it leaves each invocation so small a share of 1 MiB/s that a batch of 1000 KiB takes 131 s, and timeoutSeconds allows 55.",
    ],
    [
      { "floodgate:processing": { maximumConcurrency: 8 } },
      "floodgate:processing.maximumConcurrency is 8: it leaves each invocation so small a share of 1 MiB/s that a batch of 6144 KiB takes 64 s, and timeoutSeconds allows 55.",
    ],
    [
      {
        "floodgate:delivery": { redact: ["ani", "email"] },
        "floodgate:genesys": { region: "mypurecloud.de", clientId: "a", clientSecret: "b" },
      },
      'floodgate:delivery.redact is ["ani","email"]: it names email, which enrichment adds to events as Genesys has it.',
    ],
    [
      // Case does not count where values are redacted.
      {
        "floodgate:delivery": { redact: ["Email", "NAME", "Department", "ANI"] },
        "floodgate:genesys": { region: "mypurecloud.de", clientId: "a", clientSecret: "b" },
      },
      'floodgate:delivery.redact is ["Email","NAME","Department","ANI"]: it names Email, NAME, Department, which enrichment adds to events as Genesys has it.',
    ],
  ])("says of %j what is wrong", (values, line) => {
    expect(mistakes(values)).toStrictEqual([expect.stringContaining(line)]);
  });

  it.each<[string, string]>([
    ["https://api.mypurecloud.de", "mypurecloud.de"],
    ["https://apps.mypurecloud.de/directory/#/admin", "mypurecloud.de"],
    ["api.mypurecloud.de", "mypurecloud.de"],
    ["login.mypurecloud.com.au:443", "mypurecloud.com.au"],
    ["eu-central-1", "mypurecloud.de"],
    ["EU-CENTRAL-1", "mypurecloud.de"],
    ["euc1", "mypurecloud.de"],
    ["apne2", "apne2.pure.cloud"],
    ["mypurecloud.de/", "mypurecloud.de"],
    [" mypurecloud.de ", "mypurecloud.de"],
    ["MyPureCloud.de", "mypurecloud.de"],
    ["euc1.pure.cloud", "mypurecloud.de"],
    ["use1.pure.cloud", "mypurecloud.com"],
    ["euw1.pure.cloud", "mypurecloud.ie"],
    ["directory.mypurecloud.de", "mypurecloud.de"],
    ["mypurecloud.de.", "mypurecloud.de"],
    ["login.euw2.pure.cloud", "euw2.pure.cloud"],
    ["euc3.pure.cloud", "euc3.pure.cloud"],
  ])("understands the Genesys region %j as %s", (region, domain) => {
    const genesys = JSON.stringify({ region, clientId: "a", clientSecret: "b" });
    const read = readConfiguration({ "aws:region": "eu-central-1", "floodgate:genesys": genesys });
    expect(E.isRight(read) && read.right.genesys.region).toBe(domain);
  });

  it.each<[string, string]>([
    ["mypurecloud.co.uk", "(did you mean `mypurecloud.com`?)"],
    ["mypurecloud.dee", "(did you mean `mypurecloud.de`?)"],
    ["https://mypurecloud.de.example.com", "has to be a domain of Genesys Cloud"],
    ["euw22.pure.cloud", "has to be a domain of Genesys Cloud"],
    ["notmypurecloud.de", "has to be a domain of Genesys Cloud"],
    ["pure.cloud", "has to be a domain of Genesys Cloud"],
    ["x", "; known are mypurecloud.com, "],
    ["", "has to be a domain of Genesys Cloud"],
  ])("refuses %j, which is no Genesys region", (region, words) => {
    expect(mistakes({ "floodgate:genesys": { region, clientId: "a", clientSecret: "b" } })).toContainEqual(
      expect.stringContaining(words),
    );
  });

  const id = "c0000001-0000-4000-8000-000000000001";
  const start = "v2.detail.events.conversation.{id}.acd.start";

  it.each<[string, string, string]>([
    ["v2.detail.events.conversation.*.acd.start", "there is no `*`", start],
    [`v2.detail.events.conversation.${id}.acd.end`, "not an id", start.replace("start", "end")],
    ["acd.start", "it is the end of a topic only", start],
    ["V2.detail.events.conversation.{id}.acd.start", "capitals count", start],
    ["v2.detail.events.conversation.{ID}.acd.start", "capitals count", start],
    ["v2.detail.events.conversation.{}.acd.start", "with `{id}` as it is", start],
    ["v2.detail.events.conversation.<id>.acw", "with `{id}` as it is", start.replace("acd.start", "acw")],
    [`${start} `, "there is a space around it", start],
    ["v2.detail.events.conversation.acd.start", "with `{id}` as it is", start],
    ["v2.detail.events.conversation.{id}", "with `{id}` as it is", start],
    ["v2.detail.events.conversation.{id}.", "it has no end", start],
    ["v2.detail.events.conversation.{id}.acd", "no topic of Genesys ends so", start],
    ["v2.detail.events.conversation.{id}.acd.strat", "no topic of Genesys ends so", start],
    ["conversation.{id}.acd.start", "it is the end of a topic only", start],
    ["acd.START", "it is the end of a topic only", start],
    ["v2.users.{ID}.presence", "with `{id}` as it is", "v2.users.{id}.presence"],
    ["v2.users.*.presence", "there is no `*`", "v2.users.{id}.presence"],
    [`v2.routing.queues.${id}.users`, "not an id", "v2.routing.queues.{id}.users"],
  ])("refuses the topic %j, which can match nothing, with the right form", (topic, words, meant) => {
    const [line = "", ...others] = mistakes({ "floodgate:topics": [start, topic] });
    expect(others).toStrictEqual([]);
    expect(line).toContain(`floodgate:topics[1] is ${JSON.stringify(topic)}: it can match no event`);
    expect(line).toContain(words);
    expect(line).toContain(`Did you mean ${meant}?`);
  });

  it("takes topics of later releases, and on a bus of one's own any detail-type; Genesys' own all begin with v2.", () => {
    const topics = ["v2.detail.events.conversation.{id}.something.new", "routing.queued", "v2.users.{id}.presence"];
    const partner = { type: "partner", name: "aws.partner/genesys.com/cloud/org/suffix" };
    expect(mistakes({ "floodgate:topics": topics })).toStrictEqual([]);
    expect(mistakes({ "floodgate:topics": topics, "floodgate:source": partner })).toStrictEqual([
      'floodgate:topics[1] is "routing.queued": it can match no event of Genesys Cloud, whose topics all begin with `v2.`. ' +
        `Did you mean ${start}?`,
    ]);
  });

  it.each(["cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])(
    "refuses %s, a region of another partition",
    (region) => {
      expect(mistakes({ "aws:region": region })).toStrictEqual([
        expect.stringContaining(`aws:region is "${region}": it is in another partition of AWS`),
      ]);
    },
  );

  it("says where default tags go", () => {
    expect(mistakes({ "aws:defaultTags": "{}" })).toStrictEqual([
      "aws:defaultTags is set: it has no effect on this program, which gives every resource the tags of `floodgate:tags`. " +
        "Move them there: npx pulumi config set --path 'floodgate:tags.team' contact-centre; npx pulumi config rm aws:defaultTags.",
    ]);
  });

  it("says that the region is missing together with everything else", () => {
    const read = readConfiguration({ "floodgate:topic": "[]" });
    expect(E.isLeft(read) && read.left.map(({ key }) => key)).toStrictEqual(["aws:region", "floodgate:topic"]);
  });

  it.each(["clientsecret", "client_secret", "CLIENTSECRET", "secret", "oauthSecret"])(
    "shows no secret that stands under a misspelled key: %s",
    (key) => {
      const genesys = { region: "mypurecloud.de", clientId: "id", [key]: "very-secret" };
      const lines = mistakes({ "floodgate:genesys": genesys });
      expect([lines.length > 0, lines.join().includes("very-secret")]).toStrictEqual([true, false]);
    },
  );

  it("never shows the value of a secret", () => {
    const [line] = mistakes({ "floodgate:genesys": { region: "mypurecloud.de", clientId: "id", clientSecret: 5 } });
    expect(line).toMatch(/^floodgate:genesys\.clientSecret is \[secret\]/);
  });

  it.each([
    [{ region: "mypurecloud.de" }],
    [{ clientId: "a", clientSecret: "b" }],
    [
      {
        region: "mypurecloud.de",
        secretArn: "arn:aws:secretsmanager:eu-central-1:1:secret:x-AbCdEf",
        clientId: "a",
        clientSecret: "b",
      },
    ],
  ])("refuses half a Genesys organisation: %j", (genesys) => {
    expect(mistakes({ "floodgate:genesys": genesys })).toStrictEqual([
      expect.stringContaining("needs a region together with either secretArn, or clientId and clientSecret"),
    ]);
  });

  it("refuses a pattern over EventBridge's quota", () => {
    const topics = Array.from({ length: 60 }, (_, index) => `v2.detail.events.conversation.{id}.topic-${index}`);
    expect(mistakes({ "floodgate:topics": topics })[0]).toContain("makes a rule pattern of");
  });

  it("tells which rule in a list is wrong", () => {
    expect(mistakes({ "floodgate:priorities": [{ name: "VIP*", priority: 5 }, { nmae: "x" }] })).toStrictEqual([
      'floodgate:priorities.1.nmae is "x": it is in rule 2: unknown field `nmae`, did you mean `name`?. Mend or remove the field.',
    ]);
  });
});
