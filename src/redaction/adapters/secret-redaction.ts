import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import { type AwsEnvironment, settingsOf } from "../../aws/adapters/aws-clients.ts";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { readSecret } from "../../aws/adapters/secret.ts";
import type { Redaction } from "../ports.ts";
import { type Redact, redactor } from "../redact.ts";

const RedactionSalt = t.strict({ salt: t.string }, "RedactionSalt");

/** Fields of the configuration, and the salt out of its secret, read once a container; without fields nothing is read. */
export const secretRedaction = (
  environment: AwsEnvironment & { readonly REDACT_FIELDS: string; readonly REDACT_SALT_ARN: string },
): Redaction => {
  const fields = environment.REDACT_FIELDS.split(",").filter((field) => field !== "");
  if (fields.length === 0) return { redacts: false, readRedaction: TE.right(redactor([], "")) };
  const read = readSecret(
    new SecretsManagerClient(settingsOf(environment)),
    environment.REDACT_SALT_ARN,
    RedactionSalt,
    'the salt of delivery.redact: {"salt": "..."}',
  );
  let known: Redact | undefined;
  return {
    redacts: true,
    readRedaction: TE.tryCatch(async () => {
      known ??= redactor(fields, (await read()).salt);
      return known;
    }, unavailable("RedactionUnavailable")),
  };
};
