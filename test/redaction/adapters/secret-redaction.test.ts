import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { secretRedaction } from "../../../src/redaction/adapters/secret-redaction.ts";
import { redactor } from "../../../src/redaction/redact.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

const text = '{"ani":"+1","dnis":"+2","x":"+3"}';

describe("secretRedaction", () => {
  const cloud = answeringCloud();
  const redaction = (fields: string) =>
    secretRedaction({ ...cloud.environment(), REDACT_FIELDS: fields, REDACT_SALT_ARN: "arn:salt" });

  it("reads the salt once a container, and redacts the fields of the configuration with it", async () => {
    cloud.answer(ok({ SecretString: '{"salt":"pepper"}' }));
    const { redacts, readRedaction } = redaction("ani,dnis");
    const [first, second] = [await readRedaction(), await readRedaction()];
    const texts = [first, second].map((read) => (E.isRight(read) ? read.right(text) : read.left));
    expect([redacts, texts, cloud.calls()]).toStrictEqual([
      true,
      Array(2).fill(redactor(["ani", "dnis"], "pepper")(text)),
      [{ operation: "GetSecretValue", input: { SecretId: "arn:salt" } }],
    ]);
  });

  it("reads nothing, and changes nothing, where no field is named", async () => {
    const { redacts, readRedaction } = redaction("");
    const read = await readRedaction();
    expect([redacts, E.isRight(read) && read.right(text), cloud.calls()]).toStrictEqual([false, text, []]);
  });

  it("says that the salt cannot be read, shows nothing of it, and asks again for the next batch", async () => {
    cloud.answer(
      ok({ SecretString: "hidden" }),
      failure(400, "AccessDeniedException", "no"),
      ok({ SecretString: '{"salt":"s"}' }),
    );
    const { readRedaction } = redaction("ani");
    const unavailable = (reason: string) => E.left({ _tag: "RedactionUnavailable", reason });
    expect([await readRedaction(), await readRedaction(), E.isRight(await readRedaction())]).toStrictEqual([
      unavailable('Error: the secret arn:salt does not hold the salt of delivery.redact: {"salt": "..."}'),
      unavailable("AccessDeniedException: no"),
      true,
    ]);
  });
});
