import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../src/event/decode-message.ts";
import { envelope, eventOf, eventTime, message, receivedAt } from "../support/builders.ts";

const seen = (text: string) => {
  const { type, conversationId, queueId, userId, participantId, eventTime: time } = eventOf(message(text));
  return { type, conversationId, queueId, userId, participantId, time };
};

describe("decodeMessage", () => {
  it("reads the vendor's sample of an entered queue", () => {
    const text = readFileSync("test/samples/genesys/acd.start.voice.json", "utf8");
    expect(seen(text)).toStrictEqual({
      type: "acd.start",
      conversationId: "c0000001-0000-4000-8000-000000000001",
      queueId: "90000001-0000-4000-8000-000000000001",
      userId: undefined,
      participantId: "70000000-0000-4000-8000-000000000003",
      time: eventTime,
    });
  });

  it("makes an event of every sample of an event, and of no REST or OAuth answer", () => {
    const decoded = readdirSync("test/samples/genesys")
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name, E.isRight(decodeMessage(message(readFileSync(`test/samples/genesys/${name}`, "utf8"))))]);
    const expected = decoded.map(([name]) => [name, !/^(rest|oauth)\./.test(String(name))]);
    expect(decoded).toStrictEqual(expected);
  });

  it("takes the short form of an entered queue, bare or inside an envelope, for the same thing", () => {
    const short = { type: "routing.queued", contactId: "c-1", queueId: "q-1", queueName: "Billing" };
    const expected = {
      type: "acd.start",
      conversationId: "c-1",
      queueId: "q-1",
      userId: undefined,
      participantId: undefined,
      time: receivedAt,
    };
    expect(seen(JSON.stringify(short))).toStrictEqual(expected);
    const enveloped = JSON.stringify({ "detail-type": "anything", source: "s", id: "e-1", detail: short });
    expect(seen(enveloped)).toStrictEqual(expected);
  });

  it("reads conversation id and user of the short forms of a conversation", () => {
    const detail = { id: "c-1", attributes: { userId: "u-1" } };
    const text = JSON.stringify({ "detail-type": "Conversation:Updated", source: "s", id: "e-1", detail });
    expect(seen(text)).toStrictEqual({
      type: "conversation",
      conversationId: "c-1",
      queueId: undefined,
      userId: "u-1",
      participantId: undefined,
      time: receivedAt,
    });
  });

  it("does not take a customer's own attribute for a user", () => {
    const text = envelope("attributes", { eventTime, conversationId: "c-1", attributes: { userId: "customer 7" } });
    expect(seen(text).userId).toBeUndefined();
  });

  it("names the user who answered", () => {
    expect(seen(envelope("acd.end", { answeredUserId: "u-2" })).userId).toBe("u-2");
  });

  it("lets topics that it does not know through as other", () => {
    const known = envelope("acd.paused", { eventTime });
    const foreign = envelope("", { id: "a" }, { "detail-type": "v9.something.{id}.new" });
    expect([seen(known).type, seen(foreign).type]).toStrictEqual(["other", "other"]);
  });

  it.each([
    ["eventTime of the body", { eventTime: "2026-01-05T09:00:20.723Z" }, {}, eventTime],
    [
      "timestamp of the detail when eventTime is no time",
      { eventTime: "soon" },
      {},
      Date.parse("2026-01-05T09:00:21.043Z"),
    ],
    [
      "time of the envelope when the detail says nothing",
      {},
      { detail: { eventBody: {} } },
      Date.parse("2026-01-05T09:00:21Z"),
    ],
    ["when the buffer accepted it when nobody says", {}, { detail: { eventBody: {} }, time: "never" }, receivedAt],
  ])("takes as event time the %s", (_, body, given, expected) => {
    expect(seen(envelope("acd.start", body, given)).time).toBe(expected);
  });

  it("ignores a field of another type than expected instead of refusing the event", () => {
    expect(seen(envelope("acd.start", { eventTime, conversationId: 5, queueId: { id: "q" } }))).toStrictEqual({
      type: "acd.start",
      conversationId: undefined,
      queueId: undefined,
      userId: undefined,
      participantId: undefined,
      time: eventTime,
    });
  });

  it.each([
    ["", "not JSON"],
    ['{"detail-type": "x"', "not JSON"],
    ["[]", "neither an EventBridge envelope with detail-type and detail nor a routing.queued event"],
    [
      '{"source":"s","detail-type":"x"}',
      "neither an EventBridge envelope with detail-type and detail nor a routing.queued event",
    ],
    [
      '{"source":"s","detail-type":"x","detail":"text"}',
      "neither an EventBridge envelope with detail-type and detail nor a routing.queued event",
    ],
    ["null", "neither an EventBridge envelope with detail-type and detail nor a routing.queued event"],
  ])("calls %j malformed: %s", (text, reason) => {
    expect(decodeMessage(message(text))).toStrictEqual(E.left({ _tag: "Malformed", reason }));
  });

  it("takes a member `type` of a Genesys body for what it is, and never for the name of a short form", () => {
    const body = { eventTime, conversationId: "c-1", queueId: "q-1", type: "routing.queued" };
    const [end, wrapup] = ["acd.end", "wrapup"].map((suffix) => eventOf(message(envelope(suffix, body))));
    expect([end?.type, wrapup?.type]).toStrictEqual(["acd.end", "wrapup"]);
    expect(end?.key).not.toBe(wrapup?.key);
  });

  it("uses no id that a table would refuse or that has no end, and decodes the rest", () => {
    const long = "x".repeat(450_000);
    const body = { eventTime, conversationId: long, queueId: long, userId: long, answeredUserId: "\ud800" };
    expect(eventOf(message(envelope("user.start", body)))).toMatchObject({
      type: "user.start",
      eventTime,
      conversationId: undefined,
      queueId: undefined,
      userId: undefined,
      participantId: undefined,
    });
  });

  it("uses an id of 256 characters and none that is longer or empty", () => {
    const of = (conversationId: string) => seen(envelope("acd.start", { eventTime, conversationId })).conversationId;
    expect([of("x".repeat(256)), of("x".repeat(257)), of("")]).toStrictEqual(["x".repeat(256), undefined, undefined]);
  });

  it("takes no user's id out of attributes that is none, or that are none", () => {
    const of = (attributes: unknown) =>
      seen(JSON.stringify({ "detail-type": "Conversation:Created", detail: { id: "c-1", attributes } })).userId;
    expect([{ userId: 5 }, { userId: "" }, "u-1", null, [], {}, { userId: "u-1" }].map(of)).toStrictEqual([
      ...Array(6).fill(undefined),
      "u-1",
    ]);
  });

  it("takes a body's id for a conversation's in the short forms alone", () => {
    expect(seen(envelope("acd.start", { eventTime, id: "c-1" })).conversationId).toBeUndefined();
  });

  it("knows what a forced replay sends again, and no other replay", () => {
    const forced = (name: unknown) =>
      eventOf(message(envelope("acd.start", { eventTime }, { "replay-name": name }))).isForced;
    expect(["floodgate-force-1", "floodgate-1", "x-floodgate-force-1", "", 5, undefined].map(forced)).toStrictEqual([
      true,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        decodeMessage(message(text));
      }),
    );
  });
});

describe("the key of an event", () => {
  const keyOf = (text: string, given = {}) => eventOf(message(text, given)).key;
  const body = { eventTime, conversationId: "c-1" };

  it("is the same for an event that was published again under a new id", () => {
    expect(keyOf(envelope("acd.start", body, { id: "e-1" }))).toBe(keyOf(envelope("acd.start", body, { id: "e-2" })));
  });

  it("is the same whenever the event comes again, also one whose time lay far ahead at first", () => {
    const ahead = envelope("acd.start", { ...body, eventTime: receivedAt + 9 * 86_400_000 }, { id: "e-1" });
    const again = envelope("acd.start", { ...body, eventTime: receivedAt + 9 * 86_400_000 }, { id: "e-2" });
    expect(keyOf(ahead, { receivedAt })).toBe(keyOf(again, { receivedAt: receivedAt + 10 * 86_400_000 }));
  });

  it("differs with the body, however little, and with the topic", () => {
    const huge = (text: string) => `{"detail-type":"t","detail":{"eventBody":{"eventTime":1767603620723,"n":${text}}}}`;
    const keys = [
      keyOf(envelope("acd.start", body)),
      keyOf(envelope("acd.end", body)),
      keyOf(envelope("acd.start", { ...body, conversationId: "c-2" })),
      keyOf(huge("9007199254740993")),
      keyOf(huge("9007199254740992")),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("comes from the envelope's id when the body does not say when it happened", () => {
    const joined = { id: "user-1", queueId: "q-1", joined: true };
    const first = envelope("x", joined, { id: "e-1" });
    expect(keyOf(first)).toBe(keyOf(first));
    expect(keyOf(first)).not.toBe(keyOf(envelope("x", joined, { id: "e-2" })));
  });

  it("comes from the conversation's id when it was created, but not when it was updated", () => {
    const short = (name: string, id: string) =>
      JSON.stringify({ "detail-type": `Conversation:${name}`, id, detail: { id: "c-1", attributes: {} } });
    expect(keyOf(short("Created", "e-1"))).toBe(keyOf(short("Created", "e-2")));
    expect(keyOf(short("Updated", "e-1"))).not.toBe(keyOf(short("Updated", "e-2")));
  });

  it("comes from the envelope's id when a conversation was created without one of its own", () => {
    const short = (id: string) =>
      JSON.stringify({ "detail-type": "Conversation:Created", id, detail: { attributes: {} } });
    expect(keyOf(short("e-1"))).not.toBe(keyOf(short("e-2")));
    expect(keyOf(short("e-1"), { messageId: "m-1" })).toBe(keyOf(short("e-1"), { messageId: "m-2" }));
  });

  it("comes from the messageId when the envelope's id is empty or no text", () => {
    const of = (id: unknown, messageId: string) => keyOf(envelope("x", { id: "a" }, { id }), { messageId });
    expect([
      of("", "m-1") === of("", "m-2"),
      of(5, "m-1") === of(5, "m-2"),
      of("", "m-1") === of(5, "m-1"),
    ]).toStrictEqual([false, false, true]);
  });

  it("comes from the messageId when nothing else names the event", () => {
    const bare = '{"type":"routing.queued","contactId":"c-1"}';
    expect(keyOf(bare, { messageId: "m-1" })).toBe(keyOf(bare, { messageId: "m-1" }));
    expect(keyOf(bare, { messageId: "m-1" })).not.toBe(keyOf(bare, { messageId: "m-2" }));
  });
});
