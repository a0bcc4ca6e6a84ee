import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Deliveries } from "../../../src/delivery/ports.ts";
import type { EventKey } from "../../../src/event/event-key.ts";

/** Deliveries in memory, for simulations; held to the contract of the table. */
export const memoryDeliveries = (): Deliveries => {
  const delivered = new Map<EventKey, string>();
  return {
    findDeliveries: (events) =>
      TE.fromIO(() => {
        const known = new Map<EventKey, string>();
        for (const { key } of events) {
          const messageId = delivered.get(key);
          if (messageId !== undefined) known.set(key, messageId);
        }
        return known;
      }),
    recordDeliveries: (events) =>
      T.fromIO(() => {
        for (const { key, message } of events) delivered.set(key, message.messageId);
        return [];
      }),
  };
};
