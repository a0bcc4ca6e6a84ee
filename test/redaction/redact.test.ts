import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redaction/redact.ts";

const redact = redactor(["ani", "callbackNumbers", "customer"], "salt");
const digest = /^sha256:[0-9a-f]{12}$/;

describe("redactor", () => {
  it("replaces values of the named members wherever they stand, and nothing else", () => {
    const text = '{ "ani" : "tel:+1", "dnis":"tel:+2","deep":[{"ani":"tel:+1"}], "callbackNumbers":["1","2"],"n":1.0 }';
    const redacted = JSON.parse(redact(text));
    expect(redacted).toStrictEqual({
      ani: expect.stringMatching(digest),
      dnis: "tel:+2",
      deep: [{ ani: redacted.ani }],
      callbackNumbers: [expect.stringMatching(digest), expect.stringMatching(digest)],
      n: 1,
    });
    expect(redact(text)).toContain(', "dnis":"tel:+2","deep":[{');
    expect(redact(text)).toContain('"n":1.0 }');
  });

  it("reaches numbers, texts and names of members inside an object", () => {
    const redacted = JSON.parse(redact('{"customer":{"+12025550143":{"age":41},"vip":true,"none":null},"age":41}'));
    expect([redacted.age, Object.keys(redacted.customer), Object.values(redacted.customer)]).toStrictEqual([
      41,
      [expect.stringMatching(digest), expect.stringMatching(digest), expect.stringMatching(digest)],
      [{ [JSON.parse(redact('{"ani":"age"}')).ani]: JSON.parse(redact('{"ani":41}')).ani }, true, null],
    ]);
  });

  it("does not take a text for hashed that only looks so", () => {
    const producers = "sha256:0123456789ab";
    const { ani } = JSON.parse(redact(JSON.stringify({ ani: producers })));
    expect([ani, ani === producers]).toStrictEqual([expect.stringMatching(digest), false]);
  });

  it.each([
    ['{"\\u0061ni":"SECRET"}'],
    ['{"ANI":"SECRET"}'],
    ['{"call\\u0062ackNumbers":["SECRET",{"x":["SECRET"]}]}'],
    [JSON.stringify({ text: JSON.stringify({ callbackNumbers: ["SECRET", { SECRET: "SECRET" }] }) })],
    [JSON.stringify({ text: `see {"ani" : "SECRET"} or ${JSON.stringify({ customer: { a: "SECRET" } })}` })],
    [JSON.stringify({ text: '{\\u0022ani\\u0022:"SECRET"}', ani: { ani: "SECRET" } }).replaceAll("\\\\", "\\")],
    ['it is 5" long {"ani":"SECRET"}'],
    [`x${JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ ani: ["SECRET"] }, null, 2) }) })}`],
    ['{"ani": SECRET, "x'],
    ['{"ani":{"deep":["SECRET'],
    [String.raw`{"detail-type":"x","detail":{"eventBody":{"data":"{\u0022ani\u0022:\u0022SECRET\u0022}"}},"cut`],
    [JSON.stringify({ note: String.raw`log: {"data":"{\u0022ani\u0022:\u0022SECRET\u0022}"} end` })],
    [JSON.stringify({ note: String.raw`{\u0022ani\u0022:\u0022SECRET\u0022}` })],
    [`x${JSON.stringify({ b: String.raw`{\u0022ani\u0022:\u0022SECRET\u0022}` })}`],
    [`\ufeff${JSON.stringify({ ani: "SECRET" })}`],
    [`${JSON.stringify({ ani: "SECRET" })}\n${JSON.stringify({ ani: "SECRET" })}`],
    ['x "ani": SECRET SECRET SECRET, y'],
    [`{"ani": 'SECRET SECRET'}`],
    ['{"ani": /*c*/ "SECRET SECRET"}'],
    [String.raw`x "ani":\u0020"SECRET"`],
    [JSON.stringify({ [JSON.stringify({ ani: "SECRET" })]: 1 })],
    [`x "${String.raw`\u005c`}${"u005c".repeat(40)}":"SECRET"`],
  ])("leaves no value in %s", (text) => {
    const redacted = redact(text);
    expect([redacted.includes("SECRET"), redacted.includes("sha256:")]).toStrictEqual([false, true]);
  });

  it("leaves what stands beside an unquoted value: the rest of the line's list, and the next line", () => {
    const redacted = redact('x "ani": +49 151 12345 , "b": 1\nnext "line"');
    expect(redacted).toMatch(/^x "ani": "sha256:[0-9a-f]{12}" , "b": 1\nnext "line"$/);
    expect(redact('{"ani": null , "x')).toBe('{"ani": null , "x');
  });

  it("takes case, spaces, umlauts, dots and hyphens in names for what they are", () => {
    const legal = redactor(["Kunden Nr.", "e-mail", "Größe", "a.b"], "salt");
    const text = JSON.stringify({
      "kunden nr.": "S",
      "E-Mail": "S",
      ["Gro\u0308ße".normalize("NFD")]: "S",
      "a.b": "S",
      axb: "K",
    });
    expect(Object.values(JSON.parse(legal(text)))).toStrictEqual([
      ...Array.from({ length: 4 }, () => expect.stringMatching(digest)),
      "K",
    ]);
  });

  it("replaces as a whole a text that lies deeper than it looks", () => {
    let text = JSON.stringify({ ani: "S" });
    for (let depth = 0; depth < 14; depth += 1) text = JSON.stringify(depth % 2 === 0 ? { t: text } : [text]);
    expect(redact(text)).not.toContain("ani");
    expect(() => JSON.parse(redact(text))).not.toThrow();
  });

  it("gives another digest with another salt, and the same for the same value", () => {
    const other = redactor(["ani"], "other");
    expect(redact('{"ani":"x"}')).toBe(redact('{"ani":"x"}'));
    expect(other('{"ani":"x"}')).not.toBe(redact('{"ani":"x"}'));
  });

  it("reaches members of JSON that stands in a text, however deep, and leaves it JSON", () => {
    const inner = { ani: 'tel:+1"x"', other: "kept", customer: 41 };
    const middle = { ani: "tel:+2", inner: JSON.stringify(inner) };
    const text = JSON.stringify({ attributes: JSON.stringify(middle), ani: "tel:+2" });
    const redacted = JSON.parse(redact(text));
    const redactedMiddle = JSON.parse(redacted.attributes);
    expect(redactedMiddle.ani).toBe(redacted.ani);
    expect(JSON.parse(redactedMiddle.inner)).toStrictEqual({
      ani: expect.stringMatching(digest),
      other: "kept",
      customer: expect.stringMatching(digest),
    });
  });

  it("leaves no value in a text that is cut off", () => {
    expect(redact('{"detail":{"ani":"tel:+12025550143","x')).not.toContain("2025550143");
  });

  it("keeps every JSON text valid and every other value as it was", () => {
    void fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("ani", "other", "customer"), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        const read = JSON.parse(redact(text));
        expect(read.other).toStrictEqual(
          JSON.parse(text).other === undefined
            ? undefined
            : JSON.parse(redact(JSON.stringify({ other: value["other"] }))).other,
        );
      }),
    );
  });

  it("leaves a text byte for byte as it was in which no field is named", () => {
    void fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(redactor(["no such name anywhere"], "salt")(text)).toBe(text);
      }),
    );
  });

  it("changes nothing when no field is named", () => {
    const deep = Array.from({ length: 12 }).reduce<string>((text) => JSON.stringify({ text }), '{"ani":"x"}');
    expect(['{"ani":"x"}', deep].map(redactor([], ""))).toStrictEqual(['{"ani":"x"}', deep]);
  });

  it("knows what lies in a field and what beside it, at any depth", () => {
    const text = '{"l":[{"m":{"ani":{"x":{"y":"s","n":[1,{"z":"s"}]}},"k":"kept"}},{"k":"kept","n":2}],"z":["kept",3]}';
    const { l, z } = JSON.parse(redact(text));
    expect([l[0].m.k, l[1], z]).toStrictEqual(["kept", { k: "kept", n: 2 }, ["kept", 3]]);
    const texts = (value: unknown): ReadonlyArray<unknown> =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([name, each]) => [...(Array.isArray(value) ? [] : [name]), ...texts(each)])
        : [value];
    // Names and values, all of them, and no list or object is lost.
    const inside = texts(l[0].m.ani);
    expect([inside.length, inside.filter((each) => !digest.test(String(each)))]).toStrictEqual([7, []]);
  });

  it("takes a name of just the length of a field for it, and no longer one", () => {
    expect(JSON.parse(redactor(["abc"], "salt")('{"abc":"S","abcd":"K","ab":"K"}'))).toStrictEqual({
      abc: expect.stringMatching(digest),
      abcd: "K",
      ab: "K",
    });
  });

  it("does not take texts of a list for names, nor a value for the name behind it", () => {
    expect(redact('["ani","x",{"a":"ani","b":"x"}]')).toBe('["ani","x",{"a":"ani","b":"x"}]');
    expect(redact('{"a":["ani",1],"b":["customer","ani"]}')).toBe('{"a":["ani",1],"b":["customer","ani"]}');
  });
});
