import { beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../local/plan.ts";
import { devPlan } from "../support/local-run.ts";

let plan: Plan;

beforeAll(async () => {
  plan = await devPlan();
});

const inputsOf = (given: Plan, type: string, name: string) =>
  given.all.find((resource) => resource.type === type && resource.name === name)?.inputs;

describe("ingestion", () => {
  it("names the bus after its partner source, which EventBridge insists on, and protects it", async () => {
    const name = "aws.partner/genesys.com/cloud/11111111-2222-4333-8444-555555555555/routing-events";
    const partner = await devPlan(`floodgate:source=${JSON.stringify({ type: "partner", name })}`);
    const [bus] = partner.ofType("aws:cloudwatch/eventBus:EventBus");
    expect(bus).toMatchObject({ inputs: { name, eventSourceName: name }, options: { protect: true } });
  });

  it("lets every bus and archive outlive a change of the source, under the names that deployed stacks have", async () => {
    const name = "aws.partner/genesys.com/cloud/11111111-2222-4333-8444-555555555555/routing-events";
    const partner = `floodgate:source=${JSON.stringify({ type: "partner", name })}`;
    const seen = async (...overrides: ReadonlyArray<string>) => {
      const of = await devPlan("floodgate:retainData=true", ...overrides);
      return ["aws:cloudwatch/eventBus:EventBus", "aws:cloudwatch/eventArchive:EventArchive"].map((type) =>
        of.ofType(type).map((resource) => [resource.name, resource.options?.["retainOnDelete"]]),
      );
    };
    const kept = [[["genesys", true]], [["genesys-events", true]]];
    expect([await seen(), await seen(partner)]).toStrictEqual([kept, kept]);
  });

  it("takes what Genesys publishes and, on a custom bus, what is put in its name for a test", () => {
    const rule = inputsOf(plan, "aws:cloudwatch/eventRule:EventRule", "genesys-events");
    expect(JSON.parse(String(rule?.["eventPattern"]))).toStrictEqual({
      source: [{ prefix: "aws.partner/genesys.com/cloud/" }, { prefix: "simulate.aws.partner/genesys.com/cloud/" }],
    });
  });

  it("takes nothing but what prefixes of one's own name", async () => {
    const narrowed = await devPlan('floodgate:source={"type":"custom","prefixes":["my.test.","your.test."]}');
    const rule = inputsOf(narrowed, "aws:cloudwatch/eventRule:EventRule", "genesys-events");
    expect(JSON.parse(String(rule?.["eventPattern"]))).toStrictEqual({
      source: [{ prefix: "my.test." }, { prefix: "your.test." }],
    });
  });

  it("gives each queue one policy, with who may send and TLS in one document: a second would replace the first", () => {
    const policies = plan.ofType("aws:sqs/queuePolicy:QueuePolicy");
    const sids = policies.map(({ name, inputs }) => [
      name,
      JSON.parse(String(inputs["policy"])).Statement.map(({ Sid }: { Sid: string }) => Sid),
    ]);
    expect(sids).toStrictEqual([
      ["buffer", ["TlsOnly", "RuleSends"]],
      ["buffer-dead-letters", ["TlsOnly"]],
      ["schedule-dead-letters", ["TlsOnly"]],
      ["target-dead-letters", ["TlsOnly", "RuleSends"]],
    ]);
  });
});
