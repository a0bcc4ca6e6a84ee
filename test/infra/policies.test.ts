import { beforeAll, describe, expect, it } from "vitest";
import { evaluatePlan } from "../../cli/plan/evaluate-plan.ts";
import type { Plan, PlannedResource } from "../../local/plan.ts";
import { planOf } from "../../local/plan.ts";
import { floodgate } from "../support/floodgate.ts";
import { devPlan } from "../support/local-run.ts";
import { pathsOf, without } from "../support/policies/path.ts";
import { policyChecks } from "../support/policies/policy-checks.ts";
import { trapTable } from "../support/policies/trap-table.ts";
import { unguarded } from "../support/policies/unguarded.ts";
import { evaluated } from "../support/setup/evaluated.ts";

const [clientId, clientSecret] = ["client-id-4711", "client-secret-0815"];

/** A stack with everything that a stack can have: a partner's source, Genesys, redaction, Parquet, data that stays. */
const full = [
  'floodgate:source={"type":"partner","name":"aws.partner/genesys.com/cloud/organisation/suffix"}',
  `floodgate:genesys=${JSON.stringify({ region: "mypurecloud.de", clientId, clientSecret })}`,
  'floodgate:delivery={"redact":["ani"]}',
  'floodgate:alarms={"email":"on-call@example.com"}',
  "floodgate:retainData=true",
  'floodgate:lambda={"reserveConcurrency":true}',
  'floodgate:querying={"parquet":true}',
];

let plans: Readonly<Record<string, Plan>>;
let plan: Plan;

beforeAll(async () => {
  plan = (await evaluated(...full)).plan;
  plans = { "the dev stack": (await evaluated()).plan, "with Genesys": await devPlan(), "with everything": plan };
});

const failing = (given: Plan): ReadonlyArray<string> =>
  policyChecks.filter((check) => check.violations(given).length > 0).map(({ name }) => name);

describe("the program", () => {
  it.each(policyChecks.map((check) => [check.name, check] as const))("keeps: %s", (_, { violations }) => {
    const found = Object.entries(plans).map(([name, each]) => [name, violations(each)]);
    expect(found).toStrictEqual(Object.keys(plans).map((name) => [name, []]));
  });

  it.each(
    trapTable.map(([type, name, path, consequence]) => [`${name} ${path}`, consequence, type, name, path] as const),
  )("without %s: %s", (_, consequence, type, name, path) => {
    const found = plan.all.find((each) => each.type === type && each.name === name);
    expect(found).toBeDefined();
    const keys = path.split("/").filter((key) => key !== "");
    const rest = without(
      plan,
      found,
      keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    );
    expect(rest).not.toStrictEqual(plan.all);
    expect(failing(planOf(rest))).toContain(consequence);
  });

  it("has no input that no check would miss, but for those that are listed as unguarded with a reason", () => {
    const groups = Map.groupBy(plan.all.flatMap(pathsOf), ({ group }) => group);
    const missed = [...groups]
      .filter(([, paths]) =>
        paths.slice(0, 2).some(({ resource, path }) => failing(planOf(without(plan, resource, path))).length === 0),
      )
      .map(([group]) => group);
    expect(missed.toSorted()).toStrictEqual(Object.values(unguarded).flat().toSorted());
  }, 120_000);

  it("shows no secret of its configuration, wherever one looks", () => {
    const text = JSON.stringify(plan.all);
    expect([text.includes(clientSecret), text.includes(clientId)]).toStrictEqual([false, false]);
  });

  it("gives the same inputs however often it is evaluated", async () => {
    const again: Plan = await evaluatePlan("dev", full);
    const all: ReadonlyArray<PlannedResource> = again.all;
    expect(all).toStrictEqual(plan.all);
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
