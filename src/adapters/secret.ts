import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as E from "fp-ts/lib/Either.js";
import type * as t from "io-ts";

/** Reads and decodes a secret; rejects without showing any of it. */
export const readSecret =
  <A>(client: SecretsManagerClient, arn: string, codec: t.Type<A, unknown, unknown>) =>
  async (): Promise<A> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const decoded = codec.decode(JSON.parse(SecretString ?? "null"));
    if (E.isRight(decoded)) return decoded.right;
    throw new Error(`the secret ${arn} does not hold ${codec.name}: an object with clientId and clientSecret`);
  };
