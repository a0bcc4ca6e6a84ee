import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as E from "fp-ts/lib/Either.js";
import type * as t from "io-ts";
import { type AwsEnvironment, settingsOf } from "./aws-clients.ts";

/** Reads and decodes a secret; rejects without showing any of it. */
export const readSecret = <A>(environment: AwsEnvironment, arn: string, codec: t.Type<A, unknown, unknown>) => {
  const client = new SecretsManagerClient(settingsOf(environment));
  return async (): Promise<A> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const decoded = codec.decode(JSON.parse(SecretString ?? "null"));
    if (E.isRight(decoded)) return decoded.right;
    throw new Error(`the secret ${arn} does not hold ${codec.name}: an object with clientId and clientSecret`);
  };
};
