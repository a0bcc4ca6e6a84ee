import { describe, expect, it } from "vitest";
import { stackConfiguration } from "../../../cli/stack/stack-configuration.ts";

describe("stackConfiguration", () => {
  it("takes of --config everything behind the first = as the value, and in the place of the file's", () => {
    const own = stackConfiguration("dev", []);
    const secret = '{"region":"mypurecloud.de","clientId":"a","clientSecret":"YWJj=="}';
    expect(stackConfiguration("dev", [`floodgate:genesys=${secret}`, "floodgate:retainData=true"])).toStrictEqual({
      ...own,
      "floodgate:genesys": secret,
      "floodgate:retainData": "true",
    });
  });

  it.each(["floodgate:retainData", "=true"])("refuses %s, which is no pair", (pair) => {
    expect(() => stackConfiguration("dev", [pair])).toThrow("--config");
  });
});
