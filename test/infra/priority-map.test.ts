import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { inputsOf } from "../../local/plan.ts";
import { defaultRules } from "../../src/priorities/priority-rule.ts";
import { devPlan } from "../support/local-run.ts";

const Code = t.type({ code: t.type({ archive: t.type({ "priorities.json": t.string }) }) });

/** The rules that are deployed beside the function that applies them. */
const deployedRules = async (...configuration: ReadonlyArray<string>): Promise<unknown> => {
  const plan = await devPlan(...configuration);
  const list = plan.ofType("aws:lambda/function:Function").filter(({ name }) => name === "list-queues");
  return list.map((resource) => JSON.parse(inputsOf(Code, resource).code.archive["priorities.json"]));
};

describe("the rules of the queue priority map", () => {
  it("are the default ones where a stack names none, and else its own alone, in their order", async () => {
    const own = [
      { name: "Sales *", priority: 4 },
      { division: "Home", mediaServiceLevel: { media: "voice", minPercentage: 0.8 }, priority: 2 },
    ];
    expect([await deployedRules(), await deployedRules(`floodgate:priorities=${JSON.stringify(own)}`)]).toStrictEqual([
      [defaultRules],
      [own],
    ]);
  });
});
