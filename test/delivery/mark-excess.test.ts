import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import { markExcess, markPlain } from "../../src/delivery/mark-excess.ts";
import { readDeliveredLine } from "../../src/delivery/read-delivered-line.ts";
import { envelope, eventOf, eventTime, message } from "../support/builders.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const textOf = (data: string): string => Buffer.from(data, "base64").toString("utf8");

const lineOf = (extra: unknown, conversationId: string, messageId: string): string =>
  deliveredLine(
    eventOf(message(envelope("acd.start", { eventTime, conversationId, queueId: "q-1", extra }), { messageId })),
  );

const lines = fc
  .tuple(fc.jsonValue(), fc.string({ minLength: 1, unit: "binary" }), fc.oneof(fc.uuid(), fc.string({ minLength: 1 })))
  .map((parts) => lineOf(...parts));
const reasons = fc.constantFrom("lowPriority" as const, "rateLimited" as const);

describe("markExcess", () => {
  it("says type and reason in the member, and leaves every other byte of any line as it was", () => {
    fc.assert(
      fc.property(lines, reasons, (line, reason) => {
        const marked = textOf(markExcess(base64(line), reason));
        expect(marked).toBe(line.replace('"type":"acd.start"', `"type":"acd.start-excess","excess":"${reason}"`));
      }),
    );
  });

  it("is read back as the queue entry that it is, with its reason", () => {
    const data = base64(lineOf("x", "c-1", "m-1"));
    const before = readDeliveredLine(data, "r-1", 0);
    expect(readDeliveredLine(markExcess(data, "rateLimited"), "r-1", 0)).toStrictEqual({
      ...before,
      excess: "rateLimited",
    });
  });

  it("takes a mark back, or changes its reason, so that a line says what was decided last", () => {
    fc.assert(
      fc.property(lines, reasons, reasons, (line, one, other) => {
        const data = base64(line);
        expect(markExcess(markExcess(data, one), undefined)).toBe(data);
        expect(markExcess(markExcess(data, one), other)).toBe(markExcess(data, other));
      }),
    );
  });

  it("writes nothing into the event's own part, though that says of itself that it is an acd.start", () => {
    const short = `{"type":"acd.start",${envelope("acd.start", { eventTime, conversationId: "c", queueId: "q" }).slice(1)}`;
    const data = base64(deliveredLine(eventOf(message(short, { messageId: "m" }))));
    const twice = markExcess(markExcess(data, "rateLimited"), "lowPriority");
    expect(twice).toBe(markExcess(data, "lowPriority"));
    expect(textOf(twice)).toContain('},"type":"acd.start","version"');
  });

  it("leaves a record of another producer as it is: it has no member that could say so", () => {
    const foreign = base64(envelope("acd.start", { eventTime, conversationId: "c-1", queueId: "q-1" }));
    expect(markExcess(foreign, "lowPriority")).toBe(foreign);
  });
});

describe("markPlain", () => {
  const line = lineOf("x".repeat(300), "c-1", "m-1");

  it("marks a line as it is written, by its head alone", () => {
    const data = base64(line.slice(0, line.length - (line.length % 3)));
    const marked = markPlain(data, "lowPriority") ?? "";
    expect(textOf(marked)).toBe(
      textOf(data).replace('"type":"acd.start"', '"type":"acd.start-excess","excess":"lowPriority"'),
    );
    // Thirty bytes more, forty characters; what follows stays as it is.
    expect([marked.length - data.length, marked.slice(328) === data.slice(288)]).toStrictEqual([40, true]);
  });

  it.each([
    ["a line that is marked already", base64(line.replace('"acd.start"', '"acd.start-excess","excess":"lowPriority"'))],
    ["a line of another type", base64(line.replace('"acd.start"', '"acd.end"'))],
    ["a line without a member", base64(` ${line}`)],
    ["a line that ends as one begins", base64(`${"x".repeat(250)}{"floodgate":`)],
    ["a line that is no longer than its head", base64(line).slice(0, 288)],
    ["a line whose text is cut", base64(line).slice(0, 301)],
  ])("leaves %s to be parsed", (_, data) => {
    expect(markPlain(data, "rateLimited")).toBeUndefined();
  });

  it("takes one that is just longer than its head", () => {
    expect(markPlain(base64(line).slice(0, 292), "rateLimited")).toBeDefined();
  });
});
