/** Genesys Cloud's domains by AWS region (JS SDK PureCloudRegionHosts.js and the vendor's Terraform provider agree). */
const domains: Readonly<Record<string, string>> = {
  "us-east-1": "mypurecloud.com",
  "us-east-2": "use2.us-gov-pure.cloud",
  "us-west-2": "usw2.pure.cloud",
  "ca-central-1": "cac1.pure.cloud",
  "sa-east-1": "sae1.pure.cloud",
  "mx-central-1": "mxc1.pure.cloud",
  "eu-west-1": "mypurecloud.ie",
  "eu-west-2": "euw2.pure.cloud",
  "eu-central-1": "mypurecloud.de",
  "eu-central-2": "euc2.pure.cloud",
  "ap-south-1": "aps1.pure.cloud",
  "ap-northeast-1": "mypurecloud.jp",
  "ap-northeast-2": "apne2.pure.cloud",
  "ap-northeast-3": "apne3.pure.cloud",
  "ap-southeast-1": "apse1.pure.cloud",
  "ap-southeast-2": "mypurecloud.com.au",
  "me-central-1": "mec1.pure.cloud",
  "eusc-de-east-1": "edee1.eusc-pure.cloud",
};

export const genesysDomains: ReadonlyArray<string> = Object.values(domains);

const compass: Readonly<Record<string, string>> = {
  north: "n",
  northeast: "ne",
  east: "e",
  southeast: "se",
  south: "s",
  southwest: "sw",
  west: "w",
  northwest: "nw",
  central: "c",
  de: "de",
};

/** `eu-central-1` as Genesys shortens it in its domains: euc1. */
const shortOf = (region: string): string =>
  region
    .split("-")
    .map((part) => compass[part] ?? part)
    .join("");

/** Regions that Genesys opens later have their domain below one of these, as all since 2020. */
const laterDomain = /^[a-z]{2,6}\d\.(?:pure|us-gov-pure|eusc-pure)\.cloud$/;

/** Whether credentials may go there: a domain that is Genesys' own. */
export const isGenesysDomain = (domain: string): boolean => genesysDomains.includes(domain) || laterDomain.test(domain);

/** What people copy: a page's URL, the API's or the login's host, with a slash, a space or capitals. */
const bareName = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/[/:?#].*$/s, "")
    .replace(/\.$/, "")
    .replace(/^(?:api|apps|login|www)\./, "");

/**
 * The domain of a region that is named in any of the ways in which people have it: domain, host, URL, AWS region
 * (`eu-central-1`), or Genesys' short form of it (`euc1`). Undefined: none of Genesys Cloud's.
 */
export const genesysDomainOf = (text: string): string | undefined => {
  const name = bareName(text);
  const own = genesysDomains.find((domain) => name === domain || name.endsWith(`.${domain}`));
  if (own !== undefined) return own;
  // `euc1.pure.cloud` is how the domain of mypurecloud.de would be called today.
  const short = name.replace(/\.pure\.cloud$/, "");
  const known = Object.entries(domains).find(([region]) => region === name || shortOf(region) === short)?.[1];
  return known ?? (laterDomain.test(name) ? name : undefined);
};

/** Base URLs of an organisation: tokens come from one host, everything else from another. */
export interface GenesysHosts {
  readonly login: string;
  readonly api: string;
}

export const genesysHosts = (domain: string): GenesysHosts => ({
  login: `https://login.${domain}`,
  api: `https://api.${domain}`,
});
