import type { OtherGenesys } from "../local/cloud.ts";
import { stackConfiguration } from "./stack/stack-configuration.ts";

/** Which Genesys a local run talks to, and what that adds to the stack's configuration. */
interface ChosenGenesys {
  readonly described: string;
  readonly configuration: ReadonlyArray<string>;
  readonly genesys: OtherGenesys | undefined;
}

/** Stands for an organisation in a stack that names none, so that a run shows the whole pipeline. */
const standIn = { region: "mypurecloud.de", clientId: "local", clientSecret: "local" };

const credentialsIn = (variables: NodeJS.ProcessEnv) => {
  const clientId = variables["GENESYS_CLIENT_ID"];
  const clientSecret = variables["GENESYS_CLIENT_SECRET"];
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
};

const withRegion = (region: string): ReadonlyArray<string> => [
  `floodgate:genesys=${JSON.stringify({ ...standIn, region })}`,
];

/**
 * `--genesys URL`, else the organisation of GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and GENESYS_REGION, else the
 * local one.
 */
export const chooseGenesys = (
  url: string | undefined,
  stack: string,
  pairs: ReadonlyArray<string>,
  variables: NodeJS.ProcessEnv,
): ChosenGenesys => {
  const isNamed = Object.hasOwn(stackConfiguration(stack, pairs), "floodgate:genesys");
  const credentials = credentialsIn(variables);
  const configuration = isNamed ? [] : withRegion(standIn.region);
  if (url !== undefined) {
    const genesys = { baseUrl: url, credentials: credentials ?? { clientId: "local", clientSecret: "local" } };
    return { described: url, configuration, genesys };
  }
  const region = variables["GENESYS_REGION"];
  if (credentials === undefined || region === undefined) {
    return { described: "the local one", configuration, genesys: undefined };
  }
  return { described: region, configuration: withRegion(region), genesys: { baseUrl: undefined, credentials } };
};
