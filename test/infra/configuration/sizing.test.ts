import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { readConfiguration } from "../../../infra/configuration/read-configuration.ts";
import type { Configuration } from "../../../infra/configuration/schema.ts";
import { bufferSecondsOf, sizingOf } from "../../../infra/configuration/sizing.ts";

const configurationOf = (own: Readonly<Record<string, unknown>>, region = "eu-central-1"): Configuration => {
  const values = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [`floodgate:${key}`, JSON.stringify(value)]),
  );
  const read = readConfiguration({ "aws:region": region, ...values });
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left));
  return read.right;
};

const large = { quotaMebibytesPerSecond: 10 };

describe("the sizes that follow from the expected volume", () => {
  it("writes objects as late as the promised age allows, and sooner where they are large by then", () => {
    const seconds = (eventsPerMinute: number, delivery: object) =>
      bufferSecondsOf(
        configurationOf({
          expected: { eventsPerMinute, peakEventsPerMinute: Math.max(10_000, eventsPerMinute) },
          delivery,
        }),
      );
    expect([
      seconds(70, {}),
      seconds(3_500, {}),
      seconds(3_500, { freshnessMinutes: 2 }),
      seconds(3_500, { freshnessMinutes: 15 }),
      seconds(70_000, { ...large, freshnessMinutes: 15 }),
      seconds(200_000, large),
      seconds(70, { bufferSeconds: 61 }),
    ]).toStrictEqual([270, 270, 90, 870, 251, 88, 61]);
  });

  it("never promises an age that it cannot keep, whatever is expected", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 15 }),
        (eventsPerMinute, eventKilobytes, freshnessMinutes) => {
          const { bufferSeconds, freshnessSeconds, objectsPerDay } = sizingOf({
            ...configurationOf({ delivery: { freshnessMinutes } }),
            expected: { eventsPerMinute, peakEventsPerMinute: eventsPerMinute, eventKilobytes },
          });
          expect(bufferSeconds).toBeGreaterThanOrEqual(60);
          expect(bufferSeconds).toBeLessThanOrEqual(900);
          expect(freshnessSeconds).toBeLessThanOrEqual(freshnessMinutes * 60);
          expect(objectsPerDay).toBeLessThanOrEqual(eventsPerMinute * 24 * 60);
        },
      ),
    );
  });

  it("says how many objects a day that makes, and how large they are", () => {
    expect(sizingOf(configurationOf({}))).toStrictEqual({
      bufferSeconds: 270,
      shards: 1,
      freshnessSeconds: 300,
      objectsPerDay: 6_080,
      bytesPerObject: 80_842,
      dollarsPerMonth: 1.824,
    });
  });

  it("takes the stream's quota of the region, unless the configuration has another", () => {
    const quota = (region: string, delivery: object) =>
      configurationOf({ delivery }, region).delivery.quotaMebibytesPerSecond;
    expect([
      quota("eu-central-1", {}),
      quota("eu-west-1", {}),
      quota("us-east-1", { shards: 2 }),
      quota("us-east-1", { quotaMebibytesPerSecond: 2 }),
    ]).toStrictEqual([1, 5, 5, 2]);
  });
});
