import { describe, expect, it } from "vitest";
import { EventKey, eventKeyOf } from "../../src/event/event-key.ts";
import { conversationTopics, eventTypeOf, eventTypes, excessEntry } from "../../src/event/event-type.ts";

describe("EventKey", () => {
  it.each([
    ["0123456789abcdef0123456789abcdef", true],
    ["00000000000000000000000000000000", true],
    ["99999999999999999999999999999999", true],
    ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true],
    ["ffffffffffffffffffffffffffffffff", true],
    ["0123456789abcdef0123456789abcde", false],
    ["0123456789abcdef0123456789abcdef0", false],
    ["/123456789abcdef0123456789abcdef", false],
    [":123456789abcdef0123456789abcdef", false],
    ["`123456789abcdef0123456789abcdef", false],
    ["0123456789abcdef0123456789abcdeg", false],
    ["0123456789ABCDEF0123456789ABCDEF", false],
    ["", false],
    [5, false],
  ])("%j: %s", (text, isKey) => {
    expect(EventKey.is(text)).toBe(isKey);
  });

  it("is called so in what people read", () => {
    expect(EventKey.name).toBe("EventKey");
  });
});

describe("eventKeyOf", () => {
  it("makes 32 digits of what an event is, apart by the kind of its identity", () => {
    const keys = [
      eventKeyOf({ _tag: "Body", detailType: "t", text: "x" }),
      eventKeyOf({ _tag: "Envelope", id: "x" }),
      eventKeyOf({ _tag: "Message", messageId: "x" }),
    ];
    // SHA-256 of "body\nt\nx", "envelope\nx" and "message\nx": stored keys have to stay what they are.
    expect(keys).toStrictEqual([
      "de2160083b2f481cffbc06762655a77c",
      "7db85ca13a73558057303535db266d1a",
      "2d036fe27a5afa55a3b39780b11383f8",
    ]);
  });
});

describe("eventTypeOf", () => {
  it("knows every topic of a conversation and the short forms, and calls all else other", () => {
    const topics = conversationTopics.map((suffix) => eventTypeOf(`v2.detail.events.conversation.{id}.${suffix}`));
    expect(topics).toStrictEqual([...conversationTopics]);
    const others = ["routing.queued", "Conversation:Created", "Conversation:Updated", "acd.start", "x.acd.start", ""];
    expect(others.map(eventTypeOf)).toStrictEqual([
      "acd.start",
      "conversation",
      "conversation",
      "other",
      "other",
      "other",
    ]);
    expect([eventTypes.length, excessEntry]).toStrictEqual([conversationTopics.length + 2, "acd.start-excess"]);
  });
});
