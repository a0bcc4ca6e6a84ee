import { describe, expect, it } from "vitest";
import type { Cloud } from "../../../local/cloud.ts";
import { envelope } from "../../support/builders.ts";
import { atBus, runLocally, start } from "../../support/local-run.ts";
import { sized } from "../../support/setup/sized.ts";

const count = sized(1_200, 30_000);
const mebibyte = 1024 * 1024;
const slowDown = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };

const events = Array.from({ length: count }, (_, index) => {
  const body = { eventTime: start, conversationId: `c-${index}`, note: "x".repeat(4_500) };
  return atBus(envelope("customer.start", body, { id: `e-${index}` }));
});

/** Bytes that Firehose was given in each second. */
const handedOver = ({ streams, clock }: Cloud): ReadonlyMap<number, number> => {
  const seconds = new Map<number, number>();
  for (const stream of streams.values()) {
    stream.onRecord = (data, what) => {
      const second = Math.floor(clock.now() / 1000);
      if (what === "handed to Firehose") seconds.set(second, (seconds.get(second) ?? 0) + data.length);
    };
  }
  return seconds;
};

/** Delivers all events, below the stream's quota in every second; answers the retries that it took. */
const deliverAll = async (prepare: (cloud: Cloud) => void) => {
  let seconds: ReadonlyMap<number, number> = new Map();
  const run = await runLocally(events, {
    perMinute: 60_000,
    beforeSending: (cloud) => {
      seconds = handedOver(cloud);
      prepare(cloud);
    },
  });
  expect(run.differences).toStrictEqual([]);
  expect(run.ledger).toMatchObject({ received: count, delivered: count, alsoParked: 0, inFlight: 0 });
  // At most three quarters of the quota.
  expect(seconds.size).toBeGreaterThan((count * 5_000) / (0.8 * mebibyte));
  expect(Math.max(...seconds.values())).toBeLessThan(mebibyte);
  return run.executions.filter(({ machine }) => machine === "retry-failed-events");
};

describe(`${count} events of 5 KB at 60,000 a minute`, () => {
  it("are delivered in the normal flow, without a failed chunk", async () => {
    expect(await deliverAll(() => undefined)).toStrictEqual([]);
  });

  it("are delivered with Firehose refusing half of what it is offered for ten minutes", async () => {
    const retries = await deliverAll(({ clock, streams }) => {
      const end = clock.now() + 10 * 60_000;
      for (const stream of streams.values())
        stream.refuse = () => (clock.now() < end && Math.random() < 0.5 ? slowDown : undefined);
    });
    expect(retries.length).toBeGreaterThan(0);
  });
});
