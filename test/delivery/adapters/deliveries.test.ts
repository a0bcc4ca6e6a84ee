import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { dynamodbDeliveries } from "../../../src/delivery/adapters/dynamodb-deliveries.ts";
import { eventOf, message, queueEntryText, receivedAt } from "../../support/builders.ts";
import { stillClock } from "../../support/capabilities.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

const event = eventOf(message(queueEntryText("c-1"), { messageId: "m-1" }));
const other = eventOf(message(queueEntryText("c-2"), { messageId: "m-2" }));
const expiresAt = Math.floor((receivedAt + 35 * 86_400_000) / 1000);

describe("the table deliveries", () => {
  const cloud = answeringCloud();
  const deliveries = () => dynamodbDeliveries({ dynamoDb: cloud.dynamoDb(), table: "deliveries" }, stillClock());
  const stored = (...items: ReadonlyArray<object>) => ok({ Responses: { deliveries: items } });
  const item = (given: object = {}) => ({
    eventKey: { S: event.key },
    messageId: { S: "m-9" },
    expiresAt: { N: String(Math.floor(receivedAt / 1000) + 1) },
    ...given,
  });

  it("keeps a delivery for 35 days, in whole seconds, with what tells of the event", async () => {
    cloud.answer(ok());
    const unqueued = { ...other, queueId: undefined, conversationId: undefined };
    await deliveries().recordDeliveries([{ ...event, participantId: "p-1", userId: "u-1" }, unqueued])();
    const times = {
      eventTime: { S: "2026-01-05T09:00:20.723Z" },
      receivedAt: { S: "2026-01-05T09:00:30.000Z" },
      deliveredAt: { S: "2026-01-05T09:00:30.000Z" },
      expiresAt: { N: String(expiresAt) },
    };
    expect(cloud.calls().map(({ input }) => input["RequestItems"])).toStrictEqual([
      {
        deliveries: [
          {
            conversationId: { S: "c-1" },
            eventKey: { S: event.key },
            messageId: { S: "m-1" },
            type: { S: "acd.start" },
            queueId: { S: "q-1" },
            userId: { S: "u-1" },
            participantId: { S: "p-1" },
            ...times,
          },
          {
            conversationId: { S: other.key },
            eventKey: { S: other.key },
            messageId: { S: "m-2" },
            type: { S: "acd.start" },
            ...times,
          },
        ].map((each) => ({ PutRequest: { Item: each } })),
      },
    ]);
  });

  it("keeps it for 35 days from the delivery on, with when that was, however long before it was received", async () => {
    cloud.answer(ok());
    const late = eventOf(message(queueEntryText("c-1"), { receivedAt: receivedAt - 14 * 86_400_000 }));
    await deliveries().recordDeliveries([late])();
    const [call] = cloud.calls();
    expect(call?.input["RequestItems"]).toMatchObject({
      deliveries: [
        {
          PutRequest: {
            Item: {
              receivedAt: { S: "2025-12-22T09:00:30.000Z" },
              deliveredAt: { S: "2026-01-05T09:00:30.000Z" },
              expiresAt: { N: String(expiresAt) },
            },
          },
        },
      ],
    });
  });

  it("does not know a delivery any more whose time is over, though DynamoDB has not deleted it yet", async () => {
    const at = (seconds: number) => stored(item({ expiresAt: { N: String(Math.floor(receivedAt / 1000) + seconds) } }));
    cloud.answer(at(1), at(0), at(-1));
    const find = async () => {
      const found = await deliveries().findDeliveries([event])();
      return E.isRight(found) ? [...found.right] : found.left;
    };
    expect([await find(), await find(), await find()]).toStrictEqual([[[event.key, "m-9"]], [], []]);
  });

  it.each([
    ["without a messageId", { messageId: undefined }],
    ["without an end", { expiresAt: undefined }],
    ["without a key", { eventKey: undefined }],
    ["with a key that is none", { eventKey: { S: "x" } }],
    ["with values of other types", { messageId: { N: "1" }, expiresAt: { S: "1" } }],
  ])("passes over an item %s, and knows the others", async (_, damage) => {
    const damaged = Object.fromEntries(Object.entries(item(damage)).filter(([, value]) => value !== undefined));
    cloud.answer(stored(damaged, item({ eventKey: { S: other.key } })));
    expect(await deliveries().findDeliveries([event, other])()).toStrictEqual(E.right(new Map([[other.key, "m-9"]])));
  });

  it("says which deliveries could not be recorded", async () => {
    cloud.answer(
      (call) => {
        const requests = (call.input["RequestItems"] as { deliveries: unknown[] }).deliveries;
        return ok({ UnprocessedItems: { deliveries: requests.slice(1) } });
      },
      failure(400, "ThrottlingException"),
    );
    expect(await deliveries().recordDeliveries([event, other])()).toStrictEqual([other]);
    cloud.answer(failure(400, "ThrottlingException"));
    expect(await deliveries().recordDeliveries([event, other])()).toStrictEqual([event, other]);
  });

  it("knows nothing of deliveries that cannot be read", async () => {
    cloud.answer(failure(400, "ThrottlingException", "slow down"));
    expect(await deliveries().findDeliveries([event])()).toStrictEqual(
      E.left({ _tag: "DeliveriesUnavailable", reason: "ThrottlingException: slow down" }),
    );
  });
});
