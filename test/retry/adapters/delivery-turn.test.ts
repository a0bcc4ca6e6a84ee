import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { dynamodbDeliveryTurn } from "../../../src/retry/adapters/dynamodb-delivery-turn.ts";
import { errorPrefix, s3ErrorObjects } from "../../../src/retry/adapters/s3-error-objects.ts";
import { answeringCloud, failure, objectFailure } from "../../support/cloud/answering-cloud.ts";

describe("the delivery turn in the table failed-events", () => {
  const cloud = answeringCloud();

  it("is unavailable when a call fails: nobody has it then", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow"));
    const turn = dynamodbDeliveryTurn({ dynamoDb: cloud.dynamoDb(), table: "t" });
    const unavailable = E.left({ _tag: "DeliveryTurnUnavailable", reason: "ThrottlingException: slow" });
    expect([await turn.takeTurn("o", 1, 2)(), await turn.moveTurnEnd("o", 2)()]).toStrictEqual([
      unavailable,
      unavailable,
    ]);
  });
});

describe("s3ErrorObjects", () => {
  const cloud = answeringCloud();
  const listing = (...keys: ReadonlyArray<string>) => ({
    status: 200,
    body: `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`,
  });

  it("looks for one object under the stream's error prefix", async () => {
    cloud.answer(listing("errors/x"), listing());
    const has = () => s3ErrorObjects(cloud.s3(), "events").hasErrorObjects();
    expect([await has(), await has(), errorPrefix]).toStrictEqual([E.right(true), E.right(false), "errors/"]);
    const [, query] = cloud.calls()[0]?.operation.split("?") ?? [];
    expect(Object.fromEntries(new URLSearchParams(query))).toMatchObject({ prefix: "errors/", "max-keys": "1" });
    expect(cloud.calls()[0]?.operation).toMatch(/^GET \/events/);
  });

  it("says that nobody can look", async () => {
    cloud.answer(objectFailure(403, "AccessDenied"));
    expect(await s3ErrorObjects(cloud.s3(), "events").hasErrorObjects()).toStrictEqual(
      E.left({ _tag: "ErrorObjectsUnavailable", reason: "AccessDenied: a failure of the test" }),
    );
  });
});
