import { describe, expect, it } from "vitest";
import { findEvent } from "../../../cli/find/find-event.ts";
import { connectStack, type Stack } from "../../../cli/stack/stack.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { eventKeyOf } from "../../../src/event/event-key.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const keyOfEnvelope = eventKeyOf({ _tag: "Envelope", id: "e-1" });
const keyOfMessage = eventKeyOf({ _tag: "Message", messageId: "m-1" });

const item = (partition: string, key: string, eventTime: string) => ({
  conversationId: { S: partition },
  eventKey: { S: key },
  messageId: { S: "m-1" },
  type: { S: "acd.start" },
  eventTime: { S: eventTime },
  deliveredAt: { S: "2026-01-05T09:00:30.000Z" },
});

const times = ["2026-01-05T09:00:00.000Z", "2026-01-05T09:00:59.999Z", "2026-01-05T09:01:00.000Z"];

const items = [
  ...times.map((time, index) => item("c-1", eventKeyOf({ _tag: "Envelope", id: `other-${index}` }), time)),
  item(keyOfEnvelope, keyOfEnvelope, "2026-01-05T09:00:00.000Z"),
  item(keyOfMessage, keyOfMessage, "2026-01-05T09:00:00.000Z"),
];

describe("findEvent", () => {
  const cloud = answeringCloud();

  /** A stack in which nothing failed: its tables, as Query answers of them. */
  const stack = async (): Promise<Stack> => {
    const outputs = await readStackOutputs({ outputs: await outputsAt(cloud.endpoint(), {}) });
    cloud.answer(({ operation, input }) => {
      if (operation !== "Query") return failure(501, "NotExpected", operation);
      if (input["TableName"] !== outputs.deliveriesTable) return ok({ Items: [] });
      const partition = Object(input["ExpressionAttributeValues"])[":partition"].S;
      return ok({ Items: items.filter(({ conversationId }) => conversationId.S === partition) });
    });
    return connectStack(outputs);
  };

  it.each([
    ["its conversation", "c-1", ["c-1", "c-1", "c-1"]],
    ["its envelope's id", "e-1", [null]],
    ["its own key", keyOfEnvelope, [null]],
    ["its messageId, where it says nothing of itself", "m-1", [null]],
    ["an id that nothing has", "m-10", []],
  ])("finds an event by %s", async (_, wanted, conversations) => {
    const found = await findEvent(await stack(), wanted, { chunks: [], errors: [] });
    expect(found.map(({ conversationId, outcome }) => [conversationId, outcome])).toStrictEqual(
      conversations.map((each) => [each, "delivered"]),
    );
  });

  it("reads each minute of admission's log once, however many of its events are asked about", async () => {
    const opened = await stack();
    await findEvent(opened, "c-1", { chunks: [], errors: [] });
    const log = cloud.calls().filter(({ input }) => input["TableName"] === opened.outputs.admissionLogTable);
    expect(log.map(({ input }) => Object(input["ExpressionAttributeValues"]))).toMatchObject([
      { ":minute": { S: "2026-01-05T09:00" } },
      { ":minute": { S: "2026-01-05T09:01" } },
    ]);
  });
});
