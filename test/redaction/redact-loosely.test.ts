import { describe, expect, it } from "vitest";
import { redactLoosely } from "../../src/redaction/redact-loosely.ts";

/** A digest that shows what it stands for. */
const rules = {
  isField: (name: string) => name === "ani" || name === 'a"b',
  digestOf: (value: string) => `<${value}>`,
};
const redact = (text: string): string => redactLoosely(text, rules);
const raw = String.raw;

describe("redactLoosely", () => {
  it.each([
    ["a text without quotes", "ani: 5", "ani: 5"],
    ["a text with one quote", 'ani" 5', 'ani" 5'],
    ["an empty text", "", ""],
    ["a quoted value", 'x "ani":"v" y', 'x "ani":"<v>" y'],
    ["a name at the very beginning", '"ani":"v"', '"ani":"<v>"'],
    ["a value that is cut off", 'x "ani":"v', 'x "ani":"<v>"'],
    ["nothing behind the colon", 'x "ani":', 'x "ani":'],
    ["no colon", 'x "ani" "v"', 'x "ani" "v"'],
    ["another name", 'x "dnis":"v"', 'x "dnis":"v"'],
    ["a name behind an odd quote", '5" long "ani":"v"', '5" long "ani":"<v>"'],
    ["white space around the colon", 'x "ani" \t:\n "v"', 'x "ani" \t:\n "<v>"'],
    ["several members", 'x "ani":"v","ani":"w", "dnis":"z"', 'x "ani":"<v>","ani":"<w>", "dnis":"z"'],
    ["a value that looks like a member", 'x "ani":"\\"ani\\":1"', 'x "ani":"<"ani":1>"'],
    ["a name that is escaped", raw`x "\u0061ni":"v"`, raw`x "\u0061ni":"<v>"`],
    ["a value that is escaped", raw`x "ani":"\u0041\n"`, 'x "ani":"<A\n>"'],
    ["a value that is no JSON text", raw`x "ani":"\x"`, raw`x "ani":"<\x>"`],
    ["a name with a quote in it", raw`x "a\"b":"v"`, raw`x "a\"b":"v"`],
  ])("of %s", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ["a number", 'x "ani":41,y', 'x "ani":"<41>",y'],
    ["a number at the end", 'x "ani":41', 'x "ani":"<41>"'],
    ["words to the comma", 'x "ani": +49 151 , y', 'x "ani": "<+49 151>" , y'],
    ["words to a brace", 'x {"ani": a b } y', 'x {"ani": "<a b>" } y'],
    ["words to a bracket", 'x ["ani": a b ] y', 'x ["ani": "<a b>" ] y'],
    ["words to the end of the line", 'x "ani": a b \r\ny', 'x "ani": "<a b>" \r\ny'],
    ["words with a quote in them", 'x "ani": a "b" c, y', 'x "ani": "<a "b" c>", y'],
    ["true", 'x "ani":true,y', 'x "ani":true,y'],
    ["false", 'x "ani":false,y', 'x "ani":false,y'],
    ["null", 'x "ani":null,y', 'x "ani":null,y'],
    ["a word that begins alike", 'x "ani":nullable,y', 'x "ani":"<nullable>",y'],
    ["nothing", 'x "ani": ,y', 'x "ani": ,y'],
  ])("of %s without quotes", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ["an object", 'x "ani":{"a":[1,{}]},y', 'x "ani":"<{"a":[1,{}]}>",y'],
    ["a list", 'x "ani":["a","b"] y', 'x "ani":"<["a","b"]>" y'],
    ["an empty list", 'x "ani":[],y', 'x "ani":"<[]>",y'],
    ["brackets in a text", 'x "ani":{"a":"}]"},y', 'x "ani":"<{"a":"}]"}>",y'],
    ["an escaped quote in a text", raw`x "ani":{"a":"\"}"},y`, raw`x "ani":"<{"a":"\"}"}>",y`],
    ["one that is cut off", 'x "ani":{"a":[1,2', 'x "ani":"<{"a":[1,2>"'],
    ["one within which a text is cut off", 'x "ani":{"a":"}', 'x "ani":"<{"a":"}>"'],
    ["a list of objects", 'x "ani":[{"a":1},{"b":2}],y', 'x "ani":"<[{"a":1},{"b":2}]>",y'],
  ])("of %s", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ["a text within a text", raw`x "{\"ani\":\"v\"}" y`, raw`x "{\"ani\":\"<v>\"}" y`],
    ["one within that", raw`x "{\\\"ani\\\":\\\"v\\\"}" y`, raw`x "{\\\"ani\\\":\\\"<v>\\\"}" y`],
    ["a number within a text", raw`x "{\"ani\":41}" y`, raw`x "{\"ani\":\"<41>\"}" y`],
    ["a value that the text around it ends", raw`x "{\"ani\":\"v" y`, raw`x "{\"ani\":\"<v>\"" y`],
    ["a number that the text around it ends", raw`x "\"ani\":41" y`, raw`x "\"ani\":\"<41>\"" y`],
    ["an object that the text around it ends", raw`x "\"ani\":{a" y`, raw`x "\"ani\":\"<{a>\"" y`],
    ["an object with texts", raw`x "\"ani\":{\"a\":\"}\"},b" y`, raw`x "\"ani\":\"<{\"a\":\"}\"}>\",b" y`],
    ["a text with a quote of its own", raw`x "\"ani\":\"a\\\"b\"" y`, raw`x "\"ani\":\"<a"b>\"" y`],
    ["a quote that is none of this depth", raw`x "ani\":"v"`, raw`x "ani\":"v"`],
    ["escaped white space", raw`x "{\"ani\"\n:\t \"v\"}"`, raw`x "{\"ani\"\n:\t \"<v>\"}"`],
    [
      "white space in digits",
      raw`x "{\"ani\"\u0020:\u0009\u000a\u000D\u00a0\"v\"}"`,
      raw`x "{\"ani\"\u0020:\u0009\u000a\u000D\u00a0\"<v>\"}"`,
    ],
    ["white space with more backslashes", raw`x "\\\"ani\\\"\\n:\\\"v\\\""`, raw`x "\\\"ani\\\"\\n:\\\"<v>\\\""`],
    ["an escape that is no white space", raw`x "{\"ani\"\x:\"v\"}"`, raw`x "{\"ani\"\x:\"v\"}"`],
    ["an n that is not escaped", raw`x "{\"ani\"n:\"v\"}"`, raw`x "{\"ani\"n:\"v\"}"`],
  ])("of %s", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ["one backslash", raw`{\u0022ani\u0022:\u0022v\u0022}`, raw`{\"ani\":\"<v>\"}`],
    [
      "two, as a text within a text has it",
      raw`"{\\u0022ani\\u0022:\\u0022v\\u0022}"`,
      raw`"{\\\"ani\\\":\\\"<v>\\\"}"`,
    ],
    ["three", raw`{\\\u0022ani\\\u0022:1}`, raw`{\\\"ani\\\":\\\"<1>\\\"}`],
    [
      "four",
      raw`{\\\\u0022ani\\\\u0022:1}`,
      `{${"\\".repeat(7)}"ani${"\\".repeat(7)}":${"\\".repeat(7)}"<1>${"\\".repeat(7)}"}`,
    ],
    ["none, so that it is no quote", "u0022ani: 1", "u0022ani: 1"],
  ])("knows quotes that are written in digits behind %s", (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it("leaves a text without a field as it came, also one whose quotes are written in digits", () => {
    const text = raw`x {\u0022dnis\u0022:\u0022v\u0022} "y":1`;
    expect(redact(text)).toBe(text);
  });

  it("unquotes a name as often as texts are looked into, and takes one that lies deeper for a field", () => {
    const quoted = (name: string, times: number): string =>
      Array.from({ length: times }).reduce<string>((text) => JSON.stringify(text).slice(1, -1), name);
    const of = (name: string, times: number) => redact(`x "${quoted(name, times)}":"v"`).endsWith('"<v>"');
    // The first has to be escaped at all: an umlaut is written with a backslash here.
    const escaped = raw`\u0061ni`;
    expect([of(escaped, 0), of(escaped, 8), of(escaped, 9), of(raw`\u0061nx`, 8), of(raw`\u0061nx`, 12)]).toStrictEqual(
      [true, true, true, false, true],
    );
  });

  it.each([
    ["a text", '{"ani":"v', raw`\\\"ani\\\":\\\"<v>\\\"\"}"`],
    ["an object", '{"ani":{"x":"v"', raw`\\\"ani\\\":\\\"<{\\\"x\\\":\\\"v\\\">\\\"\"}"`],
    ["a word", '{"ani": v w', raw`\\\"ani\\\": \\\"<v w>\\\"\"}"`],
  ])("ends %s that is cut off where the text around it ends", (_, cut, redacted) => {
    const text = JSON.stringify({ b: JSON.stringify({ a: cut }) }).slice(0, -1);
    expect(redact(text)).toBe(`${raw`{"b":"{\"a\":\"{`}${redacted}`);
  });
});
