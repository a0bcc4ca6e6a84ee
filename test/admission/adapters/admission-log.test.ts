import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { dynamodbAdmissionLog } from "../../../src/admission/adapters/dynamodb-admission-log.ts";
import { encodeEntries } from "../../../src/admission/admission-log.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

const item = { n: 2, expiresAt: 1_999_999_999_999, entries: [] };

describe("the table admission-log", () => {
  const cloud = answeringCloud();
  const log = () => dynamodbAdmissionLog({ dynamoDb: cloud.dynamoDb(), table: "log" });
  const stored = (given: object) => ok({ Items: [{ n: { N: "2" }, expiresAt: { N: "5" }, ...given }] });
  const entries = encodeEntries([]).toString("base64");

  it("reads strongly consistently: a decision that somebody has just written counts", async () => {
    cloud.answer(ok({ Items: [{ n: { N: "2" }, expiresAt: { N: "5" }, entries: { B: entries } }] }));
    expect(await log().readLog("2026-01-05T09:00", 1)()).toStrictEqual(
      E.right([{ n: 2, expiresAt: 5_000, entries: [] }]),
    );
    expect(cloud.calls()).toStrictEqual([
      {
        operation: "Query",
        input: {
          TableName: "log",
          KeyConditionExpression: "#minute = :minute AND n > :after",
          ExpressionAttributeNames: { "#minute": "minute" },
          ExpressionAttributeValues: { ":minute": { S: "2026-01-05T09:00" }, ":after": { N: "1" } },
          ConsistentRead: true,
        },
      },
    ]);
  });

  it("keeps an item until a time in whole seconds", async () => {
    cloud.answer(ok());
    expect(await log().appendToLog("2026-01-05T09:00", item)()).toStrictEqual(E.right(true));
    expect(cloud.calls().map(({ input }) => input)).toStrictEqual([
      {
        TableName: "log",
        Item: {
          minute: { S: "2026-01-05T09:00" },
          n: { N: "2" },
          entries: { B: entries },
          expiresAt: { N: "1999999999" },
        },
        ConditionExpression: "attribute_not_exists(n)",
      },
    ]);
  });

  it.each([
    ["has no entries", {}],
    ["has entries that nobody can read", { entries: { B: "CQ==" } }],
    ["has entries of another type", { entries: { S: "x" } }],
    ["has no number", { n: {}, entries: { B: "AQ==" } }],
    ["has no end", { expiresAt: {}, entries: { B: "AQ==" } }],
  ])("is not read past an item that %s: what it says would be decided again", async (_, given) => {
    cloud.answer(stored(given));
    expect(await log().readLog("2026-01-05T09:00", 1)()).toStrictEqual(
      E.left({ _tag: "AdmissionLogUnavailable", reason: "Error: an item of the admission log is not readable" }),
    );
  });

  it("is unavailable when a call fails, which may have had its effect all the same", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    const unavailable = E.left({ _tag: "AdmissionLogUnavailable", reason: "ThrottlingException: slow down" });
    expect([
      await log().readLog("2026-01-05T09:00", 1)(),
      await log().appendToLog("2026-01-05T09:00", item)(),
    ]).toStrictEqual([unavailable, unavailable]);
  });
});
