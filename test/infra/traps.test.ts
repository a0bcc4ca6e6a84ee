import { beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../local/plan.ts";
import { devPlan } from "../support/local-run.ts";

/** Traps of AWS and Pulumi, each with what happens to whoever falls into it. */
let plan: Plan;

beforeAll(async () => {
  plan = await devPlan();
});

// biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
const inputs = (type: string, name: string, of: Plan = plan): any => {
  const found = of.all.find((resource) => resource.type === type && resource.name === name);
  if (found === undefined) throw new Error(`the program declares no ${type} ${name}`);
  return found.inputs;
};

const queue = "aws:sqs/queue:Queue";
const stream = () =>
  inputs("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "events").extendedS3Configuration;
const processorParameters = (type: string): Record<string, string> =>
  Object.fromEntries(
    stream()
      .processingConfiguration.processors.filter((processor: { type: string }) => processor.type === type)
      .flatMap(({ parameters }: { parameters: { parameterName: string; parameterValue: string }[] }) =>
        parameters.map(({ parameterName, parameterValue }) => [parameterName, parameterValue]),
      ),
  );

describe("the buffer", () => {
  it("takes messages of 1 MiB, or larger events would go to the target's dead letters", () => {
    const sizes = ["buffer", "buffer-dead-letters", "target-dead-letters"].map(
      (name) => inputs(queue, name).maxMessageSize,
    );
    expect(sizes).toStrictEqual([1_048_576, 1_048_576, 1_048_576]);
  });

  it("hides a message for six function timeouts and the window, or it is handled twice", () => {
    const { timeout } = inputs("aws:lambda/function:Function", "process-batch");
    const { maximumBatchingWindowInSeconds } = inputs("aws:lambda/eventSourceMapping:EventSourceMapping", "buffer");
    expect(inputs(queue, "buffer").visibilityTimeoutSeconds).toBe(6 * timeout + maximumBatchingWindowInSeconds);
  });

  it("keeps messages and dead letters 14 days, or an outage over a weekend loses them", () => {
    const days = plan.ofType(queue).map((each) => each.inputs["messageRetentionSeconds"]);
    expect(days).toStrictEqual(plan.ofType(queue).map(() => 14 * 24 * 60 * 60));
  });

  it("has dead letters of its own, apart from those of the rule, which cannot be redriven together", () => {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(inputs(queue, "buffer").redrivePolicy);
    const target = inputs("aws:cloudwatch/eventTarget:EventTarget", "buffer");
    expect(deadLetterTargetArn).toMatch(/:buffer-dead-letters$/);
    expect(target.deadLetterConfig.arn).toMatch(/:target-dead-letters$/);
    expect(maxReceiveCount).toBe(10);
  });

  it("has one policy, with the rule that may send and TLS in one document: a second would replace the first", () => {
    const policies = plan.ofType("aws:sqs/queuePolicy:QueuePolicy").filter(({ name }) => name === "buffer");
    const statements = JSON.parse(String(policies[0]?.inputs["policy"])).Statement;
    expect(policies).toHaveLength(1);
    expect(statements.map(({ Sid }: { Sid: string }) => Sid)).toStrictEqual(["TlsOnly", "RuleSends"]);
    expect(statements[1].Condition).toStrictEqual({
      ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/genesys/genesys-events" },
    });
  });
});

describe("the event source mapping", () => {
  const mapping = () => inputs("aws:lambda/eventSourceMapping:EventSourceMapping", "buffer");

  it("asks for partial batch responses, or one failed record brings back a thousand", () => {
    expect(mapping().functionResponseTypes).toStrictEqual(["ReportBatchItemFailures"]);
  });

  it("limits the pollers, and reserves as much: reserved alone throttles and burns receive counts", () => {
    const { reservedConcurrentExecutions } = inputs("aws:lambda/function:Function", "process-batch");
    expect(mapping().scalingConfig).toStrictEqual({ maximumConcurrency: 10 });
    expect(reservedConcurrentExecutions).toBe(10);
  });

  it("has a window with its batch size over 10, which Lambda refuses without", () => {
    expect(mapping().batchSize > 10 ? mapping().maximumBatchingWindowInSeconds : 1).toBeGreaterThanOrEqual(1);
  });
});

describe("the delivery stream", () => {
  it("delivers to extended_s3; the documentation's extendedS3 is a mangled name", () => {
    const { destination } = inputs("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", "events");
    expect(destination).toBe("extended_s3");
  });

  it("buffers at least 64 MiB and 60 s, which dynamic partitioning asks for", () => {
    expect([stream().bufferingSize, stream().bufferingInterval]).toStrictEqual([64, 60]);
  });

  it("sets both hints of the transform, and neither to its default, or every preview shows a change", () => {
    const { BufferSizeInMBs, BufferIntervalInSeconds } = processorParameters("Lambda");
    expect([BufferSizeInMBs, BufferIntervalInSeconds]).toStrictEqual(["2", "15"]);
  });

  it("lets Firehose add the line break, so that the transform need not encode anything again", () => {
    expect(processorParameters("AppendDelimiterToRecord")).toStrictEqual({ Delimiter: "\\n" });
  });

  it("partitions by keys of the transform, and keeps them out of the error prefix, which Firehose would refuse", () => {
    expect(stream().prefix).toBe(
      "type=!{partitionKeyFromLambda:type}/dt=!{partitionKeyFromLambda:dt}/shard=!{partitionKeyFromLambda:shard}/",
    );
    expect(stream().errorOutputPrefix).toContain("!{firehose:error-output-type}");
    expect(stream().errorOutputPrefix).not.toContain("partitionKey");
  });

  it("invokes a qualified function that may run less than 5 minutes", () => {
    expect(processorParameters("Lambda")["LambdaArn"]).toMatch(/:function:transform-records:\$LATEST$/);
    expect(inputs("aws:lambda/function:Function", "transform-records").timeout).toBeLessThan(300);
  });

  it("is trusted for this account only", () => {
    const trust = JSON.parse(inputs("aws:iam/role:Role", "delivery-stream").assumeRolePolicy);
    expect(trust.Statement[0].Condition).toStrictEqual({ StringEquals: { "sts:ExternalId": "123456789012" } });
  });
});

describe("the bus", () => {
  const bus = (of: Plan) => inputs("aws:cloudwatch/eventBus:EventBus", "genesys", of);

  it("is named after its partner source, which EventBridge insists on", async () => {
    const name = "aws.partner/genesys.com/cloud/11111111-2222-4333-8444-555555555555/routing-events";
    const partner = await devPlan(`floodgate:source=${JSON.stringify({ type: "partner", name })}`);
    expect(bus(partner)).toStrictEqual({ name, eventSourceName: name });
  });

  it("is named by its rule and by its target: without a name both would belong to the default bus, where nothing comes", () => {
    const rule = inputs("aws:cloudwatch/eventRule:EventRule", "genesys-events");
    const target = inputs("aws:cloudwatch/eventTarget:EventTarget", "buffer");
    expect([rule.eventBusName, target.eventBusName]).toStrictEqual(["genesys", "genesys"]);
  });

  it("takes what Genesys publishes and, on a custom bus, what is put in its name for a test", () => {
    const { eventPattern } = inputs("aws:cloudwatch/eventRule:EventRule", "genesys-events");
    expect(JSON.parse(eventPattern)).toStrictEqual({
      source: [{ prefix: "aws.partner/genesys.com/cloud/" }, { prefix: "simulate.aws.partner/genesys.com/cloud/" }],
    });
  });
});

describe("every function", () => {
  it("has the variables its handler needs, runs on Node 24 and arm64, and logs to a group with a retention", () => {
    for (const { name, inputs: given } of plan.ofType("aws:lambda/function:Function")) {
      expect(given).toMatchObject({
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        loggingConfig: { logGroup: name },
      });
      expect(inputs("aws:cloudwatch/logGroup:LogGroup", name).retentionInDays).toBe(30);
    }
  });

  it("has a role without a wildcard in its actions or in its resources, but for the parts of its own bucket and log group", () => {
    const documents = plan.ofType("aws:iam/rolePolicy:RolePolicy").map(({ inputs: given }) => String(given["policy"]));
    const statements = documents.flatMap((document) => JSON.parse(document).Statement);
    const listed = (value: string | string[]) => (Array.isArray(value) ? value : [value]);
    expect(
      statements.flatMap(({ Action }) => listed(Action)).filter((action: string) => action.includes("*")),
    ).toStrictEqual([]);
    const wild = statements
      .flatMap(({ Resource }) => listed(Resource))
      .filter((resource: string) => resource.includes("*"));
    const reasons: Readonly<Record<string, string>> = {
      "logs:CreateLogDelivery":
        "delivering the logs of state machines names no resource (Step Functions guide, cw-logs)",
    };
    const unlimited = statements.filter(({ Resource }) => listed(Resource).includes("*"));
    expect(unlimited.filter(({ Action }) => !listed(Action).some((action: string) => action in reasons))).toStrictEqual(
      [],
    );
    expect(
      wild.filter((resource: string) => resource !== "*" && !/^arn:aws:(s3:::|logs:)[^*]+[:/]\*$/.test(resource)),
    ).toStrictEqual([]);
  });
});
