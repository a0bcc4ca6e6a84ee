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

/** The domain of a region named either way; undefined for what is neither. */
export const genesysDomainOf = (region: string): string | undefined =>
  domains[region] ?? genesysDomains.find((domain) => domain === region);

/** Base URLs of an organisation: tokens come from one host, everything else from another. */
export interface GenesysHosts {
  readonly login: string;
  readonly api: string;
}

export const genesysHosts = (domain: string): GenesysHosts => ({
  login: `https://login.${domain}`,
  api: `https://api.${domain}`,
});
