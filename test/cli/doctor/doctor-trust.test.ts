import { describe, expect, it } from "vitest";
import { checkGenesys } from "../../../cli/doctor/check-genesys.ts";
import type { StackOutputs } from "../../../cli/stack/stack-outputs.ts";

const outputs = {
  genesysDomain: "mypurecloud.de",
  genesysSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:genesys-AbCdEf",
  retryMachineArn: "arn:aws:states:eu-central-1:123456789012:stateMachine:retry",
  topics: [],
} as unknown as StackOutputs;

describe("doctor, of outputs that somebody may have written", () => {
  it.each([
    [{ genesysUrl: "https://collect.test" }, "the outputs name https://collect.test as Genesys"],
    [
      { genesysUrl: "https://collect.test", endpoint: "https://127.0.0.1.collect.test" },
      "the outputs name https://collect.test as Genesys",
    ],
    [{ genesysDomain: "collect.test" }, "collect.test is no domain of Genesys Cloud"],
    [{ genesysDomain: "mypurecloud.de.collect.test" }, "mypurecloud.de.collect.test is no domain of Genesys Cloud"],
    [{ genesysDomain: "collect.test/mypurecloud.de" }, "collect.test/mypurecloud.de is no domain of Genesys Cloud"],
  ])("sends the credentials nowhere for %j", async (given, found) => {
    const [first, ...others] = await checkGenesys({ ...outputs, ...given });
    expect(first).toMatchObject({ verdict: "problem", found });
    expect(others.map(({ verdict }) => verdict)).toStrictEqual(["skipped", "skipped"]);
  });
});
