import { randomBytes } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration/schema.ts";
import { allow, type Statement } from "./constructors/policies.ts";

/** The salt of redacted values: made once, in Secrets Manager, and known to nobody else. */
export class Redaction extends pulumi.ComponentResource {
  readonly variables: { readonly REDACT_FIELDS: string; readonly REDACT_SALT_ARN: pulumi.Output<string> };
  readonly statements: pulumi.Output<ReadonlyArray<Statement>>;

  constructor(
    name: string,
    { configuration }: { readonly configuration: Configuration },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Redaction", name, {}, options);
    const { delivery, retainData } = configuration;
    const saltArn = delivery.redact.length === 0 ? pulumi.output("") : this.salt(retainData);
    this.variables = { REDACT_FIELDS: delivery.redact.join(","), REDACT_SALT_ARN: saltArn };
    this.statements = saltArn.apply((arn) => (arn === "" ? [] : [allow(["secretsmanager:GetSecretValue"], [arn])]));
    this.registerOutputs({});
  }

  /** Another random text each time, of which only the first counts: a write-only value is written with its version. */
  private salt(retainData: boolean): pulumi.Output<string> {
    const child = { parent: this };
    const secret = new aws.secretsmanager.Secret(
      "redaction-salt",
      { description: "Salt of the digests that stand for personal data. Without it equal values are no longer equal." },
      { ...child, retainOnDelete: retainData },
    );
    new aws.secretsmanager.SecretVersion(
      "redaction-salt",
      {
        secretId: secret.id,
        secretStringWo: pulumi.secret(JSON.stringify({ salt: randomBytes(30).toString("base64url") })),
        secretStringWoVersion: 1,
      },
      { ...child, ignoreChanges: ["secretStringWo"] },
    );
    return secret.arn;
  }
}
