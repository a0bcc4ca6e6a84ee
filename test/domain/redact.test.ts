import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactor } from "../../src/domain/redact.ts";

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

  it("reaches numbers and everything inside an object, and leaves names of members alone", () => {
    expect(JSON.parse(redact('{"customer":{"age":41,"name":{"first":"A"},"vip":true,"none":null}}'))).toStrictEqual({
      customer: {
        age: expect.stringMatching(digest),
        name: { first: expect.stringMatching(digest) },
        vip: true,
        none: null,
      },
    });
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
    expect(redact(redact(text))).toBe(redact(text));
  });

  it("leaves no value in a text that is cut off", () => {
    expect(redact('{"detail":{"ani":"tel:+12025550143","x')).not.toContain("2025550143");
  });

  it("keeps every JSON text valid and every other value as it was; doing it twice changes nothing", () => {
    void fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("ani", "other", "customer"), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        const once = redact(text);
        const read = JSON.parse(once);
        expect(read.other).toStrictEqual(
          JSON.parse(text).other === undefined
            ? undefined
            : JSON.parse(redact(JSON.stringify({ other: value["other"] }))).other,
        );
        expect(redact(once)).toBe(once);
      }),
    );
  });

  it("changes nothing when no field is named", () => {
    expect(redactor([], "")('{"ani":"x"}')).toBe('{"ani":"x"}');
  });
});
