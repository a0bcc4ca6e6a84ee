import { describe, expect, it } from "vitest";
import { chooseGenesys } from "../../../cli/local-genesys.ts";
import { readOutages } from "../../../cli/local-options.ts";

const standIn = (region: string) =>
  `floodgate:genesys=${JSON.stringify({ region, clientId: "local", clientSecret: "local" })}`;
const named = 'floodgate:genesys={"region":"mypurecloud.ie","clientId":"a","clientSecret":"b"}';
const variables = { GENESYS_CLIENT_ID: "id", GENESYS_CLIENT_SECRET: "secret", GENESYS_REGION: "mypurecloud.com" };
const credentials = { clientId: "id", clientSecret: "secret" };

describe("the Genesys of a local run", () => {
  it.each<[string, Parameters<typeof chooseGenesys>, ReturnType<typeof chooseGenesys>]>([
    [
      "the local one, which stands in for an organisation where the stack names none",
      [undefined, "dev", [], {}],
      { described: "the local one", configuration: [standIn("mypurecloud.de")], genesys: undefined },
    ],
    [
      "the local one, for the organisation that the stack names",
      [undefined, "dev", [named], {}],
      { described: "the local one", configuration: [], genesys: undefined },
    ],
    [
      "that of the environment, in its region, whatever the stack names",
      [undefined, "dev", [named], variables],
      {
        described: "mypurecloud.com",
        configuration: [standIn("mypurecloud.com")],
        genesys: { baseUrl: undefined, credentials },
      },
    ],
    [
      "the local one where the environment does not say all of it",
      [undefined, "dev", [], { ...variables, GENESYS_REGION: undefined }],
      { described: "the local one", configuration: [standIn("mypurecloud.de")], genesys: undefined },
    ],
    [
      "the local one where the environment has no secret",
      [undefined, "dev", [], { ...variables, GENESYS_CLIENT_SECRET: undefined }],
      { described: "the local one", configuration: [standIn("mypurecloud.de")], genesys: undefined },
    ],
    [
      "one by its URL, with the credentials of the environment",
      ["http://127.0.0.1:1", "dev", [], variables],
      {
        described: "http://127.0.0.1:1",
        configuration: [standIn("mypurecloud.de")],
        genesys: { baseUrl: "http://127.0.0.1:1", credentials },
      },
    ],
    [
      "one by its URL, with the local ones where the environment has none",
      ["http://127.0.0.1:1", "dev", [named], {}],
      {
        described: "http://127.0.0.1:1",
        configuration: [],
        genesys: { baseUrl: "http://127.0.0.1:1", credentials: { clientId: "local", clientSecret: "local" } },
      },
    ],
  ])("is %s", (_, given, chosen) => {
    expect(chooseGenesys(...given)).toStrictEqual(chosen);
  });
});

describe("the outages of a local run", () => {
  it("are those that were named, each once, or none", () => {
    expect([readOutages([]), readOutages(["genesys-down", "genesys-down"])]).toStrictEqual([
      new Set(),
      new Set(["genesys-down"]),
    ]);
  });

  it("name every one that is none", () => {
    expect(() => readOutages(["genesys-down", "rain", "toString"])).toThrow(
      /^--outage rain, toString: has to be one of .*genesys-down/,
    );
  });
});
