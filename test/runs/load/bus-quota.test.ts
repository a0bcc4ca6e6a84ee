import { describe, expect, it } from "vitest";
import { envelope } from "../../support/builders.ts";
import { atBus, runLocally, start } from "../../support/local-run.ts";

describe("more events in a second than EventBridge sends to targets", () => {
  it("are delayed, and none is lost", async () => {
    const events = Array.from({ length: 12_000 }, (_, index) =>
      atBus(envelope("customer.start", { eventTime: start, conversationId: `c-${index}` }, { id: `e-${index}` })),
    );
    const arrived: number[] = [];
    const run = await runLocally(events, {
      // All within the first minute, most of them in its first second.
      perMinute: 720_000,
      beforeSending: ({ mapping, clock }) => {
        mapping.buffer.onAccepted = () => void arrived.push(Math.floor(clock.now() / 1_000));
      },
    });
    const perSecond = [...Map.groupBy(arrived, (second) => second).values()].map(({ length }) => length);
    expect(run.ledger).toMatchObject({ received: 12_000, delivered: 12_000, inFlight: 0, balanced: true });
    // Frankfurt has 4,500 a second, and the model begins with a second's worth in hand.
    expect([Math.max(...perSecond) <= 9_001, perSecond.length > 1]).toStrictEqual([true, true]);
  });
});
