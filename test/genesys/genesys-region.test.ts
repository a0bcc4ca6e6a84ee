import { describe, expect, it } from "vitest";
import { genesysDomainOf, genesysDomains, genesysHosts, isGenesysDomain } from "../../src/genesys/genesys-region.ts";

/** Region, domain, and Genesys' short form of the region. */
const regions = [
  ["us-east-1", "mypurecloud.com", "use1"],
  ["us-east-2", "use2.us-gov-pure.cloud", "use2"],
  ["us-west-2", "usw2.pure.cloud", "usw2"],
  ["ca-central-1", "cac1.pure.cloud", "cac1"],
  ["sa-east-1", "sae1.pure.cloud", "sae1"],
  ["mx-central-1", "mxc1.pure.cloud", "mxc1"],
  ["eu-west-1", "mypurecloud.ie", "euw1"],
  ["eu-west-2", "euw2.pure.cloud", "euw2"],
  ["eu-central-1", "mypurecloud.de", "euc1"],
  ["eu-central-2", "euc2.pure.cloud", "euc2"],
  ["ap-south-1", "aps1.pure.cloud", "aps1"],
  ["ap-northeast-1", "mypurecloud.jp", "apne1"],
  ["ap-northeast-2", "apne2.pure.cloud", "apne2"],
  ["ap-northeast-3", "apne3.pure.cloud", "apne3"],
  ["ap-southeast-1", "apse1.pure.cloud", "apse1"],
  ["ap-southeast-2", "mypurecloud.com.au", "apse2"],
  ["me-central-1", "mec1.pure.cloud", "mec1"],
  ["eusc-de-east-1", "edee1.eusc-pure.cloud", "euscdee1"],
] as const;

describe("genesysDomainOf", () => {
  it.each(regions)("knows %s, %s and %s", (region, domain, short) => {
    const forms = [region, domain, short, `${short}.pure.cloud`, region.toUpperCase(), ` ${domain} `];
    expect(forms.map(genesysDomainOf)).toStrictEqual(forms.map(() => domain));
    expect(isGenesysDomain(domain)).toBe(true);
  });

  it("knows every domain of the list", () => {
    expect(genesysDomains).toStrictEqual(regions.map(([, domain]) => domain));
  });

  it.each([
    "https://apps.mypurecloud.de/directory/#/admin",
    "http://mypurecloud.de",
    "api.mypurecloud.de",
    "login.mypurecloud.de:443",
    "www.mypurecloud.de?x=1",
    "mypurecloud.de.",
    "something.mypurecloud.de",
    "mypurecloud.de#x\ny",
  ])("takes %s for what people copy", (text) => {
    expect(genesysDomainOf(text)).toBe("mypurecloud.de");
  });

  it.each([
    ["a region to come", "euw9.pure.cloud", "euw9.pure.cloud"],
    ["one of the government", "https://api.usw9.us-gov-pure.cloud/", "usw9.us-gov-pure.cloud"],
    ["one of the sovereign cloud", "abcdef1.eusc-pure.cloud", "abcdef1.eusc-pure.cloud"],
    ["no region's name", "pure.cloud", undefined],
    ["a domain below somebody else's", "mypurecloud.de.example.com", undefined],
    ["a domain that ends alike", "notmypurecloud.de", undefined],
    ["a name before a later domain", "x.euw9.pure.cloud", undefined],
    ["a name behind a later domain", "euw9.pure.cloudx", undefined],
    ["a region without a number", "euw.pure.cloud", undefined],
    ["nothing", "", undefined],
    ["a letter too few", "e1.pure.cloud", undefined],
    ["a letter too many", "abcdefg1.pure.cloud", undefined],
  ])("of %s", (_, text, domain) => {
    expect([genesysDomainOf(text), isGenesysDomain(text)]).toStrictEqual([
      domain,
      domain !== undefined && text === domain,
    ]);
  });
});

describe("genesysHosts", () => {
  it("has tokens from one host and everything else from another", () => {
    expect(genesysHosts("mypurecloud.de")).toStrictEqual({
      login: "https://login.mypurecloud.de",
      api: "https://api.mypurecloud.de",
    });
  });
});
