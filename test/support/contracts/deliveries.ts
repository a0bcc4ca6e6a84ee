import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import type { Deliveries } from "../../../src/delivery/ports.ts";
import { eventOf, message, queueEntryText } from "../builders.ts";

/** What every implementation of the port has to do. */
export const deliveriesContract = (create: () => Promise<Deliveries> | Deliveries): void => {
  const events = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => eventOf(message(queueEntryText(`${name}-${index}`))));

  it("knows nothing of events that were never recorded", async () => {
    const deliveries = await create();
    expect(await deliveries.findDeliveries(events(3, "unknown"))()).toStrictEqual(E.right(new Map()));
  });

  it("answers the messageId of the copy that was recorded, whichever copy asks, for more events than one call takes", async () => {
    const deliveries = await create();
    const recorded = events(250, "known");
    expect(await deliveries.recordDeliveries(recorded)()).toStrictEqual([]);
    const copies = recorded.map((event) => ({ ...event, message: message("another copy") }));
    const found = await deliveries.findDeliveries([...copies, ...events(5, "unknown")])();
    expect(found).toStrictEqual(E.right(new Map(recorded.map(({ key, message: { messageId } }) => [key, messageId]))));
  });

  it("takes the last copy when an event is recorded twice", async () => {
    const deliveries = await create();
    const [event] = events(1, "twice");
    if (event === undefined) throw new Error("no event");
    await deliveries.recordDeliveries([event])();
    await deliveries.recordDeliveries([{ ...event, message: { ...event.message, messageId: "later" } }])();
    expect(await deliveries.findDeliveries([event])()).toStrictEqual(E.right(new Map([[event.key, "later"]])));
  });

  it("finds an event without a conversation by its key", async () => {
    const deliveries = await create();
    const [event] = events(1, "none").map((each) => ({ ...each, conversationId: undefined }));
    if (event === undefined) throw new Error("no event");
    await deliveries.recordDeliveries([event])();
    expect(await deliveries.findDeliveries([event])()).toStrictEqual(
      E.right(new Map([[event.key, event.message.messageId]])),
    );
  });
};
