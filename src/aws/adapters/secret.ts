import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as E from "fp-ts/lib/Either.js";
import type * as t from "io-ts";
import { parseJson } from "../../text/parse-json.ts";

/** Reads and decodes a secret, whose form is told in words in `form`; rejects without showing any of it. */
export const readSecret =
  <A>(client: SecretsManagerClient, arn: string, codec: t.Type<A, unknown, unknown>, form: string) =>
  async (): Promise<A> => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const decoded = codec.decode(parseJson(SecretString ?? ""));
    if (E.isRight(decoded)) return decoded.right;
    throw new Error(`the secret ${arn} does not hold ${form}`);
  };
