import { beforeAll, describe, expect, it } from "vitest";
import { readConfiguration } from "../../infra/configuration/read-configuration.ts";
import { evaluatePlan, type Plan, type PlannedResource } from "../../local/plan.ts";
import { floodgate } from "../support/floodgate.ts";
import { devPlan } from "../support/local-run.ts";
import { computeChecks } from "../support/policies/compute-checks.ts";
import { dataChecks } from "../support/policies/data-checks.ts";
import { trapTable } from "../support/policies/trap-table.ts";

const policyChecks = [...dataChecks, ...computeChecks];

let plan: Plan;

beforeAll(async () => {
  plan = await devPlan();
});

const planOf = (all: ReadonlyArray<PlannedResource>): Plan => ({
  all,
  ofType: (type) => all.filter((resource) => resource.type === type),
});

const without = (value: unknown, [key, ...rest]: ReadonlyArray<string | number>): unknown => {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => (index === key ? (rest.length === 0 ? [] : [without(each, rest)]) : [each]));
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.flatMap(([name, each]) =>
      name === key ? (rest.length === 0 ? [] : [[name, without(each, rest)]]) : [[name, each]],
    ),
  );
};

describe("the program", () => {
  it.each(policyChecks.map((check) => [check.name, check] as const))("keeps: %s", (_, check) => {
    expect(check.violations(plan)).toStrictEqual([]);
  });

  it.each(trapTable.map(([type, name, path]) => [`${type} ${name} ${path.join(".")}`, type, name, path] as const))(
    "is caught without %s",
    (_, type, name, path) => {
      expect(plan.all.some((each) => each.type === type && each.name === name)).toBe(true);
      const broken = planOf(
        plan.all.map((resource) =>
          resource.type === type && resource.name === name
            ? { ...resource, inputs: without(resource.inputs, path) as PlannedResource["inputs"] }
            : resource,
        ),
      );
      const failing = policyChecks.filter((check) => check.violations(broken).length > 0);
      expect(failing.length).toBeGreaterThan(0);
    },
  );

  it("gives the same inputs however often it is evaluated", async () => {
    const again = await evaluatePlan("dev", [
      'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}',
    ]);
    expect(again.all).toStrictEqual(plan.all);
  });

  it("prints a line for each of six mistakes, and declares nothing", async () => {
    const ended = await floodgate(
      "plan",
      ...[
        'floodgate:source={"type":"parter"}',
        'floodgate:processing={"batchSize":0,"maximumConcurency":5}',
        'floodgate:admission={"minPriority":"high"}',
        'floodgate:delivery={"shards":1000}',
        "floodgate:retain=yes",
      ].flatMap((each) => ["--config", each]),
    );
    expect([ended.code, ended.stdout]).toStrictEqual([1, ""]);
    const mistakes = ended.stderr.split("\n").filter((line) => /floodgate:\S+ is /.test(line));
    expect(mistakes).toHaveLength(6);
    expect(ended.stderr).toContain("did you mean `maximumConcurrency`?");
  });
});

describe("a partner source", () => {
  it("names the bus after it and protects it; without a name nothing is declared", async () => {
    const name = "aws.partner/genesys.com/cloud/org/suffix";
    const partner = await evaluatePlan("dev", [`floodgate:source={"type":"partner","name":"${name}"}`]);
    const [bus] = partner.ofType("aws:cloudwatch/eventBus:EventBus");
    expect(bus?.inputs).toStrictEqual({ name, eventSourceName: name });
    expect(readConfiguration({ "floodgate:source": '{"type":"partner"}' })._tag).toBe("Left");
  });
});
