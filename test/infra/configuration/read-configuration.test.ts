import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { describeMistake } from "../../../infra/configuration/mistake.ts";
import { readConfiguration } from "../../../infra/configuration/read-configuration.ts";

const mistakes = (values: Readonly<Record<string, unknown>>) => {
  const texts = Object.entries(values).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const read = readConfiguration(Object.fromEntries(texts));
  return E.isLeft(read) ? read.left.map(describeMistake) : [];
};

describe("readConfiguration", () => {
  it("needs nothing: every key has a default", () => {
    const read = readConfiguration({ "aws:region": "eu-central-1" });
    expect(E.isRight(read) && read.right.processing).toStrictEqual({
      batchSize: 1000,
      batchingWindowSeconds: 5,
      maximumConcurrency: 10,
      timeoutSeconds: 60,
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
      "floodgate:topic is []: it is not a key (did you mean `topics`?). Remove it: pulumi config rm --path 'floodgate:topic'.",
      "floodgate:admission.minPriorty is 3: it is not a key (did you mean `minPriority`?). Remove it: pulumi config rm --path 'floodgate:admission.minPriorty'.",
      "floodgate:admission.maxEventsPerQueuePerSecond is \"five\": it has to be a whole number from 1 to 1000. Set it: pulumi config set --path 'floodgate:admission.maxEventsPerQueuePerSecond' <value>.",
      "floodgate:source.name is missing: it is needed for a partner source. Set it to the name shown under Partner event sources in the EventBridge console.",
      "floodgate:processing.batchingWindowSeconds is 0: it has to be at least 1 when batchSize is above 10 (Lambda refuses it otherwise). Set it to 5, or batchSize to 10.",
      "floodgate:delivery.shards is 40: it would need 3618 active partitions of at most 500. Set fewer shards.",
    ]);
  });

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
        secretArn: "arn:aws:secretsmanager:eu-central-1:1:secret:x",
        clientId: "a",
        clientSecret: "b",
      },
    ],
  ])("refuses half a Genesys organisation: %j", (genesys) => {
    expect(mistakes({ "floodgate:genesys": genesys })).toHaveLength(1);
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
