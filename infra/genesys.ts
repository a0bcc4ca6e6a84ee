import { hash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration/schema.ts";
import { enrichFailedConcurrency } from "./configuration/sizing.ts";

type Budgets = Pick<Configuration, "genesys" | "processing">;

/** Requests a minute of the refresh, which is one container with a token of its own: at most a third of all. */
export const refreshRequests = ({ genesys: { requestsPerMinute } }: Pick<Configuration, "genesys">): number =>
  Math.min(requestsPerMinute.token, Math.floor(requestsPerMinute.client / 3));

/** Of each container that asks for names: they share what the refresh leaves. */
const namesRequests = (configuration: Budgets): number => {
  const { token, client } = configuration.genesys.requestsPerMinute;
  const containers = configuration.processing.maximumConcurrency + enrichFailedConcurrency;
  return Math.max(1, Math.min(token, Math.floor((client - refreshRequests(configuration)) / containers)));
};

/** The organisation's credentials, and what functions need to reach it. */
export class Genesys extends pulumi.ComponentResource {
  readonly isConfigured: boolean;
  readonly secretArn: pulumi.Output<string>;
  readonly variables: {
    readonly GENESYS_DOMAIN: string;
    readonly GENESYS_SECRET_ARN: pulumi.Output<string>;
    readonly GENESYS_REQUESTS_PER_MINUTE: string;
  };

  constructor(
    name: string,
    { configuration }: { readonly configuration: Configuration },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Genesys", name, {}, options);
    const { genesys } = configuration;
    this.isConfigured = genesys.region !== null;
    this.secretArn = this.credentials(genesys);
    this.variables = {
      GENESYS_DOMAIN: genesys.region ?? "",
      GENESYS_SECRET_ARN: this.secretArn,
      GENESYS_REQUESTS_PER_MINUTE: String(namesRequests(configuration)),
    };
    this.registerOutputs({});
  }

  /** Credentials go into Secrets Manager by the write-only argument, which AWS never gives back. */
  private credentials({ secretArn, clientId, clientSecret }: Configuration["genesys"]): pulumi.Output<string> {
    if (secretArn !== null) return pulumi.output(secretArn);
    if (clientId === null || clientSecret === null) return pulumi.output("");
    const parent = { parent: this };
    const secret = new aws.secretsmanager.Secret(
      "genesys-client",
      { description: "OAuth client (client credentials) of the Genesys Cloud organisation." },
      parent,
    );
    const text = JSON.stringify({ clientId, clientSecret });
    new aws.secretsmanager.SecretVersion(
      "genesys-client",
      {
        secretId: secret.id,
        secretStringWo: pulumi.secret(text),
        // A write-only value is written when its version changes, so the version follows the credentials.
        secretStringWoVersion: 1 + Number.parseInt(hash("sha256", text, "hex").slice(0, 7), 16),
      },
      parent,
    );
    return secret.arn;
  }
}
