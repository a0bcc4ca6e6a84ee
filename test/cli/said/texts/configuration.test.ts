import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../../cli/init/answers.ts";
import { stackFileText } from "../../../../cli/init/stack-file-text.ts";
import { floodgate } from "../../../support/floodgate.ts";
import { simulation } from "../../../support/simulation.ts";

describe("what commands make of a configuration", () => {
  it("is a file with each key, its value and why it is there", async () => {
    const values = valuesOf({
      awsRegion: "eu-central-1",
      partnerSource: "aws.partner/genesys.com/cloud/0a1b/main",
      topics: ["v2.detail.events.conversation.{id}.acd.start"],
      genesysRegion: "mypurecloud.de",
      clientId: "0a1b",
      firstQueues: ["VIP*", "Sales"],
      eventsPerMinute: "500",
      peakEventsPerMinute: "",
      email: "on-call@example.com",
    });
    await expect(stackFileText("prod", values)).toMatchFileSnapshot("stack-file.txt");
  });

  it("is a table of what would be made and what AWS bills of it", async () => {
    const { code, stdout, stderr } = await floodgate("plan");
    expect([code, stderr]).toStrictEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot("plan.txt");
  });

  it("is a handful of others for a simulation, each with the rules by which it is judged", async () => {
    const { variants } = await simulation();
    const found = variants.map(({ name, rules, plan }) => {
      const inputs = (type: string, resource: string) =>
        plan.ofType(type).find((each) => each.name === resource)?.inputs ?? {};
      const buffer = inputs("aws:sqs/queue:Queue", "buffer");
      const stream = JSON.stringify(inputs("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "events"));
      return {
        name,
        ...rules,
        receives: JSON.parse(String(buffer["redrivePolicy"])).maxReceiveCount,
        visibility: buffer["visibilityTimeoutSeconds"],
        tries: /"NumberOfRetries","parameterValue":"(\d+)"/.exec(stream)?.[1],
      };
    });
    await expect(JSON.stringify(found, undefined, 2)).toMatchFileSnapshot("variants.txt");
  });
});
