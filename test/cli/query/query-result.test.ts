import { describe, expect, it } from "vitest";
import { resultCsv, resultObjects } from "../../../cli/query/query-result.ts";

describe("what a query answers", () => {
  const result = {
    columns: ["plain", "body"],
    rows: [
      ["a", "one\ntwo"],
      [null, "one\r\ntwo"],
      ["b", 'say "x", y'],
      ["c", "\r"],
    ],
  };

  it("is one row of CSV for each, with quotes around what would break it", () => {
    expect(resultCsv(result)).toBe(
      ["plain,body", 'a,"one\ntwo"', ',"one\r\ntwo"', 'b,"say ""x"", y"', 'c,"\r"'].join("\n"),
    );
  });

  it("is one object for each, with null for nothing", () => {
    expect(resultObjects(result)[1]).toStrictEqual({ plain: null, body: "one\r\ntwo" });
  });
});
