import { describe, expect, it } from "vitest";
import { unavailable } from "../../../local/genesys/local-genesys.ts";
import { queueId, userId } from "../../../local/genesys/organisation.ts";
import { envelope } from "../../support/builders.ts";
import { atBus, inBuffer, runLocally, start } from "../../support/local-run.ts";

const kilobyte = 1024;

/** The most that a bus takes is 1 MB with the envelope; Firehose takes 1,000 KiB with the member. */
const sizes = [190, 250, 300, 900, 1_000].map((size) => size * kilobyte);

const ofSize = (bytes: number, suffix: string, body: Readonly<Record<string, unknown>>, id: string): string => {
  const without = Buffer.byteLength(envelope(suffix, { eventTime: start, note: "", ...body }, { id }));
  return envelope(suffix, { eventTime: start, note: "x".repeat(bytes - without), ...body }, { id });
};

/** Every size on every path: entries that pass admission, events that wait for a name, and malformed ones. */
const events = sizes.flatMap((bytes, index) => [
  atBus(ofSize(bytes, "acd.start", { conversationId: `entry-${bytes}`, queueId: queueId(1 + index) }, `a-${bytes}`)),
  atBus(ofSize(bytes, "user.start", { conversationId: `user-${bytes}`, userId: userId(1 + index) }, `u-${bytes}`)),
  inBuffer(`{${"x".repeat(bytes - 1)}`),
]);

describe("events of 190 KB to 1 MB", () => {
  it.each(["a healthy Genesys", "a Genesys that is down for five minutes"])(
    "take every path whole with %s, and no state of a machine grows with them",
    async (genesys) => {
      const run = await runLocally(events, {
        beforeSending: (cloud) => {
          const end = cloud.clock.now() + 5 * 60_000;
          cloud.genesys.fault = (_, now) => (genesys !== "a healthy Genesys" && now < end ? unavailable() : undefined);
        },
      });
      expect(run.differences).toStrictEqual([]);
      // Of 1,000 KiB the member leaves no room, so that one is parked; everything below is delivered.
      expect(run.ledger).toMatchObject({ delivered: 8, parked: { malformed: 5, tooLarge: 2 }, inFlight: 0 });
      expect(Math.max(...run.executions.map(({ largestStateBytes }) => largestStateBytes))).toBeLessThan(32 * kilobyte);
    },
  );
});
