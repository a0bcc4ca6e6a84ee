import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberText } from "../../src/text/json-text.ts";

const spaced = fc.constantFrom("", " ", "\n\t", "\r\n  ");

/** Serialises with white space between tokens, which JSON.stringify never does. */
const write = (value: unknown, space: string): string => {
  if (Array.isArray(value))
    return `[${space}${value.map((each) => write(each, space)).join(`${space},${space}`)}${space}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${JSON.stringify(name)}${space}:${space}${write(each, space)}`,
  );
  return `${space}{${space}${members.join(`${space},${space}`)}${space}}${space}`;
};

describe("memberText", () => {
  it("finds the same value as JSON.parse, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), spaced, (object, space) => {
        const text = write(object, space);
        for (const name of Object.keys(object)) {
          const found = memberText(text, [name]);
          expect(JSON.stringify(JSON.parse(found ?? "null"))).toBe(JSON.stringify(JSON.parse(text)[name]));
        }
      }),
    );
  });

  it("follows a path and answers the text as it was received", () => {
    const text = '{"detail": {"a": "}", "eventBody" : { "n": 1.0, "s":"\\u0041\\"" } }}';
    expect(memberText(text, ["detail", "eventBody"])).toBe('{ "n": 1.0, "s":"\\u0041\\"" }');
  });

  it("takes the last of several members with one name, as JSON.parse does", () => {
    expect(memberText('{"a":1,"a":2}', ["a"])).toBe("2");
  });

  it("knows a name that is written with escapes", () => {
    expect(memberText('{"\\u0061":1}', ["a"])).toBe("1");
  });

  it("answers nothing for a member that is not there, or a path through something that is no object", () => {
    expect(memberText('{"b":{"c":1}}', ["a"])).toBeUndefined();
    expect(memberText('{"a":[1]}', ["a", "b"])).toBeUndefined();
    expect(memberText('{"a":"{}"}', ["a", "b"])).toBeUndefined();
    expect(memberText("{}", ["a"])).toBeUndefined();
  });
});
