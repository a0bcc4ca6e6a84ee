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

  it("gives the two kinds of bus, and their archives, names of their own, so that Pulumi never replaces one by the other", async () => {
    const name = "aws.partner/genesys.com/cloud/11111111-2222-4333-8444-555555555555/routing-events";
    const partner = await devPlan(
      `floodgate:source=${JSON.stringify({ type: "partner", name })}`,
      "floodgate:retainData=true",
    );
    const custom = await devPlan("floodgate:retainData=true");
    for (const type of ["aws:cloudwatch/eventBus:EventBus", "aws:cloudwatch/eventArchive:EventArchive"]) {
      const [first, second] = [partner, custom].map((each) => each.ofType(type).map((resource) => resource.name));
      expect([first?.length, second?.length]).toStrictEqual([1, 1]);
      expect(first).not.toStrictEqual(second);
    }
    // What is no longer declared is then left where it is, or protected.
    const kept = (of: Plan) =>
      of.ofType("aws:cloudwatch/eventArchive:EventArchive").map(({ options }) => options?.["retainOnDelete"]);
    expect([kept(partner), kept(custom)]).toStrictEqual([[true], [true]]);
    expect(custom.ofType("aws:cloudwatch/eventBus:EventBus")[0]?.options).toStrictEqual({ retainOnDelete: true });
  });

  it("takes what Genesys publishes and, on a custom bus, what is put in its name for a test", () => {
    const rule = inputsOf(plan, "aws:cloudwatch/eventRule:EventRule", "genesys-events");
    expect(JSON.parse(String(rule?.["eventPattern"]))).toStrictEqual({
      source: [{ prefix: "aws.partner/genesys.com/cloud/" }, { prefix: "simulate.aws.partner/genesys.com/cloud/" }],
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
