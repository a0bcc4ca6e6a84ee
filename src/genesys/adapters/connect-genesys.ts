import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AwsEnvironment, settingsOf } from "../../aws/adapters/aws-clients.ts";
import { readSecret } from "../../aws/adapters/secret.ts";
import type { Clock } from "../../time/ports.ts";
import { genesysHosts } from "../genesys-region.ts";
import { credentialsForm, GenesysCredentials } from "./access-token.ts";
import { type GenesysClient, genesysClient } from "./genesys-client.ts";

interface GenesysEnvironment extends AwsEnvironment {
  readonly GENESYS_DOMAIN: string;
  readonly GENESYS_SECRET_ARN: string;
  readonly GENESYS_REQUESTS_PER_MINUTE: number;
  /** One base URL for tokens and everything else, instead of the domain's hosts. */
  readonly GENESYS_BASE_URL?: string;
}

/** The client of the stack's organisation. Credentials are read from the secret when a token is first needed. */
export const connectGenesys = (environment: GenesysEnvironment, clock: Clock): GenesysClient => {
  const { GENESYS_BASE_URL: base, GENESYS_DOMAIN, GENESYS_SECRET_ARN, GENESYS_REQUESTS_PER_MINUTE } = environment;
  const secrets = new SecretsManagerClient(settingsOf(environment));
  return genesysClient({
    hosts: base === undefined ? genesysHosts(GENESYS_DOMAIN) : { login: base, api: base },
    credentials: readSecret(secrets, GENESYS_SECRET_ARN, GenesysCredentials, credentialsForm),
    requestsPerMinute: GENESYS_REQUESTS_PER_MINUTE,
    clock,
  });
};
