import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { membersOf } from "../../local/audit/audit-text.ts";
import { deliveredLine, FloodgateMember } from "../../src/delivery/delivered-line.ts";
import { isFloodgateMember, readDeliveredLine, readPlain } from "../../src/delivery/read-delivered-line.ts";
import { envelope, eventOf, eventTime, message, queueEntryText, receivedAt, withBody } from "../support/builders.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const lineOf = (text: string, messageId = "m-1") => deliveredLine(eventOf(message(text, { messageId })));

describe("deliveredLine", () => {
  it("is the event's own text with the member as its first", () => {
    const text = queueEntryText("c-1");
    const { key } = eventOf(message(text));
    const member =
      `{"floodgate":{"v":1,"key":"${key}","messageId":"m-1","receivedAt":"2026-01-05T09:00:30.000Z",` +
      '"eventTime":"2026-01-05T09:00:20.723Z","type":"acd.start","conversationId":"c-1","queueId":"q-1"},';
    expect(lineOf(text)).toBe(`${member}${text.slice(1)}`);
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

/** Member names as they stand in a text, first to last, read by a scanner that knows nothing of the one under test. */
const namesIn = (text: string): ReadonlyArray<string> =>
  membersOf(text).map(({ name }) => JSON.parse(text.slice(name.start, name.end)));

describe("a delivered line of an event that brings a member `floodgate` along", () => {
  const spelled = fc.constantFrom(
    '"floodgate"',
    '"flo\\u006fdgate"',
    '"\\u0066loodgate"',
    '"Floodgate"',
    '"floodgates"',
  );
  const value = fc.oneof(fc.jsonValue(), fc.constant({ v: 1, key: "x", floodgate: { v: 1 } }));

  it("has one of its own for readers that take the first and readers that take the last, and renames the other", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(spelled, value), { maxLength: 4 }), fc.boolean(), (brought, isAtTheEnd) => {
        const own = envelope("acd.end", { eventTime, conversationId: "c-1", floodgate: { kept: "\\" } });
        const members = brought.map(([name, each]) => `${name}:${JSON.stringify(each)}`).join(",");
        const text =
          members === "" ? own : isAtTheEnd ? `${own.slice(0, -1)},${members}}` : `{${members},${own.slice(1)}`;
        const event = eventOf(message(text, { messageId: "m-1" }));
        const line = deliveredLine(event);
        const names = namesIn(line);
        expect([names[0], names.filter((name) => name === "floodgate").length]).toStrictEqual(["floodgate", 1]);
        expect(JSON.parse(line).floodgate).toMatchObject({ key: event.key, messageId: "m-1" });
        expect(names.slice(1)).toStrictEqual(
          namesIn(text).map((name) => (name === "floodgate" ? "floodgateReceived" : name)),
        );
        expect(JSON.parse(line).detail).toStrictEqual(JSON.parse(own).detail);
        expect(readDeliveredLine(base64(line), "r-1", 0)?.key).toBe(event.key);
        // What stands between the names is what was received.
        const between = (whole: string, from: number) =>
          membersOf(whole)
            .slice(from)
            .map((each) => whole.slice(each.name.end, each.value.end));
        expect(between(line, 1)).toStrictEqual(between(text, 0));
      }),
      { numRuns: 300 },
    );
  });

  it("stays the same event when a delivered line is fed in again", () => {
    const line = lineOf(queueEntryText("c-1"));
    const again = eventOf(message(line, { messageId: "m-2" }));
    expect(again).toMatchObject({ key: eventOf(message(queueEntryText("c-1"))).key, type: "acd.start" });
    expect(JSON.parse(deliveredLine(again)).floodgateReceived.messageId).toBe("m-1");
  });
});

describe("the member of a delivered line", () => {
  it("leaves out what an event does not have, and says on which trace it came", () => {
    const event = { ...eventOf(message(queueEntryText("c-1"), { messageId: "m-1" })), queueId: undefined };
    const memberOf = (line: string) => JSON.parse(line).floodgate;
    const plain = memberOf(deliveredLine({ ...event, conversationId: undefined }));
    expect(plain).toStrictEqual({
      v: 1,
      key: event.key,
      messageId: "m-1",
      receivedAt: "2026-01-05T09:00:30.000Z",
      eventTime: "2026-01-05T09:00:20.723Z",
      type: "acd.start",
    });
    const traced = { ...event, message: { ...event.message, trace: "Root=1" } };
    expect(memberOf(deliveredLine(traced, { user: { id: "u", name: "n" } }))).toStrictEqual({
      ...plain,
      conversationId: "c-1",
      trace: "Root=1",
      enrichment: { user: { id: "u", name: "n" } },
    });
  });

  it("keeps spaces and line breaks within texts, and writes a lone line break as a space", () => {
    const event = eventOf(message(queueEntryText("c-1")));
    const written = (body: string) => deliveredLine(withBody(event, body)).split("},").at(-1);
    expect(['{\n"a":1}', '{\r"a":1}', '{"a":"\\n"}'].map(written)).toStrictEqual([' "a":1}', ' "a":1}', '"a":"\\n"}']);
  });
});

describe("readPlain", () => {
  const event = eventOf(message(queueEntryText("c-1"), { messageId: "m-1" }));
  const { key } = event;
  const plain = deliveredLine(event);
  const read = { key, type: "acd.start", eventTime, queueId: "q-1", conversationId: "c-1" };
  const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

  it.each([
    ["a line as it is written", plain, read],
    ["one with a trace", deliveredLine({ ...event, message: { ...event.message, trace } }), read],
    ["one without a queue", deliveredLine({ ...event, queueId: undefined }), { ...read, queueId: undefined }],
    [
      "one without a conversation",
      deliveredLine({ ...event, conversationId: undefined }),
      { ...read, conversationId: undefined },
    ],
    ["one of another type", plain.replace('"type":"acd.start"', '"type":"user.end"'), { ...read, type: "user.end" }],
    ["empty texts", plain.replace('"messageId":"m-1"', '"messageId":""'), read],
    ["every plain sign", plain.replace('"m-1"', '" !#$%[]^_`{|}~"'), read],
  ])("takes %s at once", (_, line, record) => {
    expect(readPlain(line)).toStrictEqual(record);
  });

  it.each([
    ["a line that begins with something else", ` ${plain}`],
    ["another version", plain.replace('"v":1', '"v":2')],
    ["a key that is none", plain.replace(key, key.toUpperCase().replaceAll(/\d/g, "A"))],
    ["a key that is too short", plain.replace(key, key.slice(1))],
    ["a time in another form", plain.replace(".723Z", "Z")],
    ["a time that is none", plain.replace('"eventTime":"2026-01-05', '"eventTime":"2026-13-45')],
    ["a type that nobody knows", plain.replace('"type":"acd.start"', '"type":"acd.begin"')],
    ["the type of what was set aside", plain.replace('"type":"acd.start"', '"type":"acd.start-excess"')],
    ["an escape in a messageId", plain.replace('"m-1"', '"m\\\\1"')],
    ["an escape in an arrival", plain.replace("30.000Z", "30.\\\\0Z")],
    ["an escape in a conversation", plain.replace('"c-1"', '"c\\\\1"')],
    ["an escape in a queue", plain.replace('"q-1"', '"q\\\\1"')],
    ["an umlaut in a queue", plain.replace('"q-1"', '"\u00fc"')],
    ["an umlaut in a type", plain.replace('"acd.start"', '"\u00fc"')],
    ["names of users", deliveredLine(event, { user: { id: "u", name: "n" } })],
    ["a member that is the last", plain.slice(0, plain.indexOf("},") + 1)],
    ["nothing", ""],
  ])("leaves %s to those who parse", (_, line) => {
    expect(readPlain(line)).toBeUndefined();
  });
});

describe("readDeliveredLine", () => {
  it("reads a record whose base64 is cut, or none at all", () => {
    const data = base64(lineOf(queueEntryText("c-1")));
    const unpadded = data.replace(/=+$/, "");
    expect([readDeliveredLine(unpadded, "r-1", 0)?.queueId, readDeliveredLine("****", "r-1", 0)]).toStrictEqual([
      "q-1",
      undefined,
    ]);
  });

  it("takes the time of its arrival for an event whose member has none that can be read", () => {
    const line = lineOf(queueEntryText("c-1")).replace(/"eventTime":"[^"]*"/, '"eventTime":"soon"');
    expect(readDeliveredLine(base64(line), "r-1", 42)).toMatchObject({ eventTime: 42, queueId: "q-1" });
  });

  it("reads a member with names in it from the beginning of a line, however long the event behind it is", () => {
    const user = { id: "u-1", name: 'Jürgen "J"', email: "j@example.com" };
    const event = eventOf(message(queueEntryText("c-1")));
    const line = deliveredLine(withBody(event, `${event.message.body.slice(0, -1)},"x":"${"é".repeat(9_000)}"}`), {
      user,
    });
    expect(readDeliveredLine(base64(line), "r-1", 0)).toMatchObject({ key: event.key, queueId: "q-1" });
    const longer = deliveredLine(event, { user: { ...user, name: "é".repeat(9_000) } });
    expect(readDeliveredLine(base64(longer), "r-1", 0)).toMatchObject({ key: event.key, queueId: "q-1" });
  });

  it("ends with nothing for a line that is cut off anywhere", () => {
    const line = deliveredLine(eventOf(message(queueEntryText("c-1"))), { queue: { id: "q-1", name: "Queue" } });
    const memberEnd = line.indexOf('}},"version"');
    for (let length = 0; length < memberEnd; length += 1) {
      expect(readDeliveredLine(base64(line.slice(0, length)), "r-1", 0)).toBeUndefined();
    }
  });

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

  it.each([
    ["v", 2],
    ["key", "x"],
    ["messageId", 1],
    ["receivedAt", 1],
    ["eventTime", 1],
    ["type", "acd.begin"],
    ["excess", "other"],
    ["excess", null],
    ["queueId", 1],
    ["queueId", null],
    ["conversationId", 1],
    ["trace", 1],
    ["enrichment", "x"],
    ["enrichment", null],
  ])("refuses one whose %s is %j", (name, value) => {
    expect(
      [{ ...member, [name]: value }].map((each) => [isFloodgateMember(each), FloodgateMember.is(each)]),
    ).toStrictEqual([[false, false]]);
  });

  it("takes one with each optional member, and with none", () => {
    const full = { ...member, type: "acd.start-excess", excess: "lowPriority", trace: "t", enrichment: {} };
    const { queueId: _, conversationId: __, ...least } = member;
    expect([full, least].map((each) => [isFloodgateMember(each), FloodgateMember.is(each)])).toStrictEqual([
      [true, true],
      [true, true],
    ]);
  });

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
