import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memberText, renameMember, skipString, skipValue } from "../../src/text/json-text.ts";

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

describe("renameMember", () => {
  it.each([
    ['{"a":1,"b":{"a":2},"a" : 3}', '{"z":1,"b":{"a":2},"z" : 3}'],
    ['{ "\\u0061":1 }', '{ "z":1 }'],
    ['{"b":1}', '{"b":1}'],
    ["{}", "{}"],
    ['{"a":"a"}', '{"z":"a"}'],
  ])("makes %s to %s", (text, renamed) => {
    expect(renameMember(text, "a", "z")).toBe(renamed);
  });
});

describe("skipString and skipValue", () => {
  it("end behind the closing quote, and at the end of a text that has none", () => {
    const ends = ['"a"b', '"a\\"b"c', '"a\\\\"b', '"a', '"'].map((text) => skipString(text, 0));
    expect(ends).toStrictEqual([3, 6, 5, 2, 1]);
  });

  it("end behind a nested value, whatever its strings hold, and at the end of one that is cut off", () => {
    const texts = ['{"a":"}"},1', '[[1],"]"] ', "[1,{", "12,3", "true}", "-1]", "1e9 ", "null"];
    expect(texts.map((text) => skipValue(text, 0))).toStrictEqual([9, 9, 4, 2, 4, 2, 3, 4]);
  });
});
