import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { guarded } from "../../src/text/guarded.ts";
import { oneOf } from "../../src/text/one-of.ts";
import { parseJson } from "../../src/text/parse-json.ts";

describe("guarded", () => {
  const even = guarded("Even", (value): value is number => typeof value === "number" && value % 2 === 0);

  it("takes what passes the guard, as it is, and names itself where it does not", () => {
    expect([even.decode(2), even.encode(4), even.is(6), even.is(7)]).toStrictEqual([E.right(2), 4, true, false]);
    const refused = t.strict({ count: even }).decode({ count: 3 });
    expect(E.isLeft(refused) && refused.left.map(({ value, context }) => [value, context[1]?.type.name])).toStrictEqual(
      [[3, "Even"]],
    );
  });
});

describe("oneOf", () => {
  const colour = oneOf("Colour", ["red", "green"]);

  it("takes the texts of its list and nothing else", () => {
    expect(["red", "green", "blue", "", undefined].map(colour.is)).toStrictEqual([true, true, false, false, false]);
    expect([colour.name, colour.decode("red")]).toStrictEqual(["Colour", E.right("red")]);
  });
});

describe("parseJson", () => {
  it("answers what a JSON text holds, and nothing for a text that is none", () => {
    expect(['{"a":[1]}', "null", '"x"', "{", ""].map(parseJson)).toStrictEqual([
      { a: [1] },
      null,
      "x",
      undefined,
      undefined,
    ]);
  });
});
