import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessages } from "../../src/event/decode-messages.ts";
import { message, receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";
import { many } from "../support/setup/many.ts";
import { anything, change, pathsIn, sample } from "../support/vendor-answers.ts";

const samples = readdirSync("test/samples/genesys")
  .filter((name) => name.endsWith(".json") && !/^(rest|oauth)\./.test(name))
  .map(sample);
const texts = samples.map((each) => JSON.stringify(each));

/** A sample between two others. */
const batchAround = (index: number) => [-1, 0, 1].map((step) => message(texts.at((index + step) % texts.length) ?? ""));
const places = samples.flatMap((each, index) => pathsIn(each).map((path) => ({ index, path })));

const year2000 = Date.UTC(2000, 0, 1);
const day = 24 * 60 * 60_000;

describe("10,000 batches with one event of which one value is not as documented", () => {
  it("decode as if nothing were wrong with any other; the one is an event all the same, or named with a reason", () => {
    const decode = (messages: ReturnType<typeof batchAround>) => decodeMessages(messages, keptTelemetry().telemetry);
    let malformed = 0;
    void fc.assert(
      fc.property(fc.constantFrom(...places), anything, ({ index, path }, to) => {
        const body = JSON.stringify(change(samples[index] ?? null, path, to));
        const batch = batchAround(index);
        const untouched = decode(batch).events;
        const changed = batch.map((each, at) => (at === 1 ? { ...each, body } : each));
        const { events, toPark, broken } = decode(changed);
        const messageId = batch[1]?.messageId;
        expect(broken).toStrictEqual([]);
        expect(events.filter((each) => each.message.messageId !== messageId)).toStrictEqual(
          untouched.filter((each) => each.message.messageId !== messageId),
        );
        const event = events.find((each) => each.message.messageId === messageId);
        if (event === undefined) {
          malformed += 1;
          expect(toPark).toStrictEqual([
            { message: { ...batch[1], body }, failure: "malformed", detail: expect.stringMatching(/envelope/) },
          ]);
          return;
        }
        expect(toPark).toStrictEqual([]);
        expect(event.message.body).toBe(body);
        expect([event.eventTime >= year2000, event.eventTime <= receivedAt + day]).toStrictEqual([true, true]);
        for (const id of [event.conversationId, event.queueId, event.userId]) {
          expect(id === undefined || (id.length > 0 && id.length <= 256)).toBe(true);
        }
      }),
      { numRuns: many(10_000), seed: 15 },
    );
    expect(malformed).toBeGreaterThan(many(50));
  });
});

describe("decodeMessages", () => {
  it("fails a message alone on which the decoder itself breaks, and names it without its text", () => {
    const { logged, telemetry } = keptTelemetry();
    const good = message('{"type":"routing.queued"}');
    const broken = {
      ...good,
      messageId: "m-broken",
      get body(): string {
        throw new RangeError("secret text");
      },
    };
    const decoded = decodeMessages([broken, good, message("{")], telemetry);
    expect([decoded.broken, decoded.events.length, decoded.toPark.length, logged]).toStrictEqual([
      [{ _tag: "Failed", message: broken, failure: "unknown" }],
      1,
      1,
      [{ message: "a message broke the decoder", fields: { messageId: "m-broken", reason: "RangeError" } }],
    ]);
  });
});
