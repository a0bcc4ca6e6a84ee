import { describe, expect, it } from "vitest";
import { checkAws } from "../../../cli/doctor/check-aws.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { answeringCloud, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

describe("what doctor asks of AWS", () => {
  const cloud = answeringCloud();

  it.each([
    ["with a Genesys organisation", {}, 2],
    ["without one", { refreshMachineArn: "" }, 1],
  ])("is of a stack %s each state machine that it has, by its name", async (_, others, machines) => {
    cloud.answer(({ operation }) =>
      operation.startsWith("GET /")
        ? { status: 200, body: operation.includes("event-source") ? { State: "Enabled" } : "<ListBucketResult/>" }
        : ok(),
    );
    const outputs = await readStackOutputs({ outputs: await outputsAt(cloud.endpoint(), others) });
    const { findings, isReachable } = await checkAws(outputs);
    const asked = cloud.calls().filter(({ operation }) => operation === "DescribeStateMachine");
    expect(asked.map(({ input }) => String(input["stateMachineArn"]).startsWith("arn:aws:states:"))).toStrictEqual(
      Array.from({ length: machines }, () => true),
    );
    expect([isReachable, findings.map(({ verdict }) => verdict)]).toStrictEqual([true, ["ok", "ok", "ok"]]);
  });
});
