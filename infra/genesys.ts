import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { genesysDomainOf } from "../src/domain/genesys-region.ts";
import type { Configuration } from "./configuration/schema.ts";

/** Requests a minute that Genesys allows an OAuth client, over all its tokens, and a single token. */
const perApplication = 3_000;
const perToken = 300;

/** Containers beside process-batch that may ask Genesys: list-queues, and those of enrich-failed-events. */
export const enrichFailedConcurrency = 2;
const otherContainers = 1 + enrichFailedConcurrency;

/** The organisation's credentials, and what functions need to reach it. */
export class Genesys extends pulumi.ComponentResource {
  readonly isConfigured: boolean;
  readonly secretArn: pulumi.Output<string>;
  readonly variables: {
    readonly GENESYS_DOMAIN: string;
    readonly GENESYS_SECRET_ARN: pulumi.Output<string>;
    readonly GENESYS_REQUESTS_PER_MINUTE: string;
  };

  constructor(name: string, configuration: Configuration, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Genesys", name, {}, options);
    const { genesys, processing } = configuration;
    this.isConfigured = genesys.region !== null;
    this.secretArn = this.credentials(genesys);
    const share = Math.floor(perApplication / (processing.maximumConcurrency + otherContainers));
    this.variables = {
      GENESYS_DOMAIN: genesys.region === null ? "" : (genesysDomainOf(genesys.region) ?? genesys.region),
      GENESYS_SECRET_ARN: this.secretArn,
      GENESYS_REQUESTS_PER_MINUTE: String(Math.max(1, Math.min(perToken, share))),
    };
    this.registerOutputs({});
  }

  /** Credentials go into Secrets Manager by the write-only argument, which keeps them out of the state. */
  private credentials({ secretArn, clientId, clientSecret }: Configuration["genesys"]): pulumi.Output<string> {
    if (secretArn !== null) return pulumi.output(secretArn);
    if (clientId === null || clientSecret === null) return pulumi.output("");
    const parent = { parent: this };
    const secret = new aws.secretsmanager.Secret(
      "genesys-client",
      { description: "OAuth client (client credentials) of the Genesys Cloud organisation." },
      parent,
    );
    new aws.secretsmanager.SecretVersion(
      "genesys-client",
      {
        secretId: secret.id,
        secretStringWo: pulumi.secret(JSON.stringify({ clientId, clientSecret })),
        secretStringWoVersion: 1,
      },
      parent,
    );
    return secret.arn;
  }
}
