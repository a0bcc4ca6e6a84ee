import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveredLine, FloodgateMember } from "../../src/domain/delivered-line.ts";
import { isFloodgateMember, readDeliveredLine } from "../../src/domain/read-delivered-line.ts";
import { envelope, eventOf, eventTime, message, queueEntryText, receivedAt } from "../support/builders.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const lineOf = (text: string, messageId = "m-1") => deliveredLine(eventOf(message(text, { messageId })));

describe("deliveredLine", () => {
  it("is the event's own text with the member before the last brace", () => {
    const text = queueEntryText("c-1");
    const { key } = eventOf(message(text));
    const member =
      `,"floodgate":{"v":1,"key":"${key}","messageId":"m-1","receivedAt":"2026-01-05T09:00:30.000Z",` +
      '"eventTime":"2026-01-05T09:00:20.723Z","type":"acd.start","conversationId":"c-1","queueId":"q-1"}}';
    expect(lineOf(text)).toBe(`${text.slice(0, -1)}${member}`);
  });

  it("stays one line when the event has line breaks between its tokens, and changes no token", () => {
    const pretty = JSON.stringify(JSON.parse(queueEntryText("c-1")), null, 2).replaceAll("\n", "\r\n");
    const line = lineOf(`${pretty}\n`);
    expect(line).not.toMatch(/[\r\n]/);
    const { floodgate, ...own } = JSON.parse(line);
    expect(own).toStrictEqual(JSON.parse(pretty));
    expect(floodgate.queueId).toBe("q-1");
  });
});

describe("readDeliveredLine", () => {
  it("reads back what deliveredLine wrote, for any event", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        (extra, conversationId, queueId) => {
          const text = envelope("acd.start", {
            eventTime,
            conversationId,
            queueId,
            extra,
            floodgate: { v: 1, key: "x" },
          });
          const event = eventOf(message(text));
          expect(readDeliveredLine(base64(deliveredLine(event)), "r-1", 0)).toStrictEqual({
            key: event.key,
            type: "acd.start",
            eventTime,
            queueId,
            conversationId,
          });
        },
      ),
    );
  });

  it("reads the whole record when another producer put it without a member", () => {
    const record = readDeliveredLine(base64(queueEntryText("c-1")), "r-1", receivedAt);
    expect(record).toMatchObject({ type: "acd.start", eventTime, queueId: "q-1", conversationId: "c-1" });
  });

  it("does not take a member of the vendor's part for its own", () => {
    const own = JSON.stringify(JSON.parse(lineOf(queueEntryText("c-1"))).floodgate);
    const nested = envelope("acd.end", { eventTime, conversationId: "c-9" }).replace(
      '"version":"0"',
      `"version":"0","nested":{"a":1,"floodgate":${own}}`,
    );
    expect(readDeliveredLine(base64(nested), "r-1", 0)).toMatchObject({ type: "acd.end", conversationId: "c-9" });
  });

  it("answers nothing for what is no event", () => {
    expect(readDeliveredLine(base64("not JSON"), "r-1", 0)).toBeUndefined();
  });
});

describe("isFloodgateMember", () => {
  const member = JSON.parse(lineOf(queueEntryText("c-1"))).floodgate;
  const damaged = fc.record({ name: fc.constantFrom(...Object.keys(member), "other"), value: fc.jsonValue() });

  it("agrees with the codec on arbitrary JSON and on damaged members", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), damaged), (value) => {
        const isDamage = typeof value === "object" && value !== null && "name" in value && "value" in value;
        const candidate = isDamage ? { ...member, [String(value.name)]: value.value } : value;
        expect(isFloodgateMember(candidate)).toBe(FloodgateMember.is(candidate));
      }),
    );
    expect(isFloodgateMember(member)).toBe(true);
  });
});
