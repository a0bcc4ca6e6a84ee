import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { dynamodbDeliveryTurn } from "../../../src/retry/adapters/dynamodb-delivery-turn.ts";
import { answeringCloud, failure } from "../../support/cloud/answering-cloud.ts";

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
