import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Queue } from "../../src/genesys/queue.ts";
import { comparableName } from "../../src/priorities/comparable-name.ts";
import {
  defaultRules,
  matchesGlob,
  PriorityRule,
  PriorityRules,
  resolvePriority,
} from "../../src/priorities/priority-rule.ts";

const [billing] = JSON.parse(readFileSync("test/samples/genesys/rest.queues.page1.200.json", "utf8"))
  .entities as Queue[];
const queue: Queue = { ...billing, id: "q-1", name: "VIP Billing" };

const priorityOf = (rules: ReadonlyArray<PriorityRule>, of: Queue = queue) => {
  const { priority, rule } = resolvePriority(rules, of);
  return [priority, rule];
};

describe("resolvePriority", () => {
  it.each<[string, PriorityRule]>([
    ["queue id", { queueId: "q-1", priority: 9 }],
    ["name", { name: "vip*", priority: 9 }],
    ["division's name", { division: "Home", priority: 9 }],
    ["division's id", { division: "d0000001-0000-4000-8000-000000000001", priority: 9 }],
    ["scoring method", { scoringMethod: "TimestampAndPriority", priority: 9 }],
    ["routing method", { routingMethod: "preferredAgent", priority: 9 }],
    [
      "service level of a medium",
      { mediaServiceLevel: { media: "call", minPercentage: 0.8, maxDurationMs: 20_000 }, priority: 9 },
    ],
    [
      "service level of any medium",
      { mediaServiceLevel: { maxDurationMs: 86_400_000, minPercentage: 0.5 }, priority: 9 },
    ],
    ["nothing: it is for all", { priority: 9 }],
  ])("matches by %s", (_, rule) => {
    expect(priorityOf([rule])).toStrictEqual([9, 1]);
  });

  it.each<[string, PriorityRule]>([
    ["another id", { queueId: "q-2", priority: 9 }],
    ["another name", { name: "vip", priority: 9 }],
    ["a condition of several that does not hold", { name: "VIP*", scoringMethod: "PriorityOnly", priority: 9 }],
    ["a stricter service level", { mediaServiceLevel: { media: "call", minPercentage: 0.9 }, priority: 9 }],
    ["a strategy that the queue does not have", { routingStrategy: "*", priority: 9 }],
    ["another division", { division: "Abroad", priority: 9 }],
    ["another routing method", { routingMethod: "bullseye", priority: 9 }],
    ["a service level of another medium", { mediaServiceLevel: { media: "fax" }, priority: 9 }],
    ["a longer service level", { mediaServiceLevel: { media: "call", maxDurationMs: 19_999 }, priority: 9 }],
  ])("does not match by %s", (_, rule) => {
    expect(priorityOf([rule])).toStrictEqual([1, 0]);
  });

  it("lets the first rule that matches win", () => {
    expect(priorityOf([{ name: "X*", priority: 1 }, { name: "VIP*", priority: 7 }, { priority: 2 }])).toStrictEqual([
      7, 2,
    ]);
  });

  it("carries the limit of the rule", () => {
    const rule = { priority: 5, maxEventsPerQueuePerSecond: 20, perSeconds: 10 };
    expect(resolvePriority([rule], queue)).toStrictEqual({ priority: 5, rule: 1, maxEvents: 20, perSeconds: 10 });
  });

  it.each<[Partial<Queue>, number]>([
    [{ routingStrategy: { name: "Skill-priority-first" } }, 5],
    [{ routingStrategy: { name: "longestIdle" } }, 3],
    [{ scoringMethod: "PriorityOnly" }, 5],
    [{ scoringMethod: "TimestampAndPriority" }, 3],
    [{ scoringMethod: "SomethingNew" }, 1],
    [{}, 1],
  ])("gives by default to %j priority %i", (given, priority) => {
    expect(resolvePriority(defaultRules, { id: "q", ...given }).priority).toBe(priority);
  });
});

describe("a queue that lacks", () => {
  it.each<[string, PriorityRule, Partial<Queue>]>([
    ["a name", { name: "*", priority: 9 }, {}],
    ["a division", { division: "*", priority: 9 }, {}],
    ["a scoring method", { scoringMethod: "*", priority: 9 }, {}],
    ["a strategy", { routingStrategy: "*", priority: 9 }, { routingStrategy: {} }],
    ["media", { mediaServiceLevel: {}, priority: 9 }, {}],
    ["any medium", { mediaServiceLevel: {}, priority: 9 }, { mediaSettings: {} }],
    ["a service level", { mediaServiceLevel: { minPercentage: 0 }, priority: 9 }, { mediaSettings: { call: {} } }],
    [
      "a percentage",
      { mediaServiceLevel: { minPercentage: 0 }, priority: 9 },
      { mediaSettings: { call: { serviceLevel: { durationMs: 1 } } } },
    ],
    [
      "a duration",
      { mediaServiceLevel: { maxDurationMs: 9 }, priority: 9 },
      { mediaSettings: { call: { serviceLevel: { percentage: 1 } } } },
    ],
  ])("%s is for no rule that asks for it", (_, rule, given) => {
    expect(priorityOf([rule], { id: "q", ...given })).toStrictEqual([1, 0]);
  });

  it("anything but a medium is for a rule that asks for that medium alone", () => {
    const mediaSettings = { call: {}, email: { serviceLevel: { percentage: 0.5, durationMs: 10 } } };
    const of = (mediaServiceLevel: PriorityRule["mediaServiceLevel"]) =>
      priorityOf([{ mediaServiceLevel, priority: 9 } as PriorityRule], { id: "q", mediaSettings })[0];
    expect([
      of({ media: "call" }),
      of({ media: "chat" }),
      of({}),
      of({ minPercentage: 0.5 }),
      of({ minPercentage: 0.51 }),
      of({ maxDurationMs: 10 }),
      of({ maxDurationMs: 9 }),
      of({ media: "call", maxDurationMs: 10 }),
    ]).toStrictEqual([9, 1, 9, 9, 1, 9, 1, 1]);
  });

  it("a division's name or id alone is for a rule that names the other", () => {
    const of = (division: Queue["division"]) =>
      priorityOf([{ division: "d", priority: 9 }], { id: "q", ...(division === undefined ? {} : { division }) })[0];
    expect([of({ id: "d" }), of({ name: "D" }), of({}), of(undefined)]).toStrictEqual([9, 9, 1, 1]);
  });

  it("rings is routed as a rule says", () => {
    expect(priorityOf([{ routingMethod: "standard", priority: 9 }], { id: "q" })).toStrictEqual([9, 1]);
  });
});

describe("PriorityRules", () => {
  const full = {
    priority: 5,
    queueId: "q",
    name: "n",
    division: "d",
    scoringMethod: "s",
    routingMethod: "m",
    routingStrategy: "r",
    mediaServiceLevel: { media: "call", minPercentage: 1, maxDurationMs: 1 },
    ignoreCase: true,
    maxEventsPerQueuePerSecond: 1,
    perSeconds: 1,
  };

  it("have a priority, and conditions that are what they are called", () => {
    expect(PriorityRules.decode([{ ...full, more: 1 }])).toMatchObject({ _tag: "Right", right: [full] });
    for (const name of Object.keys(full)) expect(PriorityRules.is([{ ...full, [name]: [] }])).toBe(false);
    for (const name of ["media", "minPercentage", "maxDurationMs"]) {
      expect(PriorityRule.is({ priority: 1, mediaServiceLevel: { [name]: [] } })).toBe(false);
    }
    expect([PriorityRule.is({}), PriorityRule.name, PriorityRules.name]).toStrictEqual([
      false,
      "PriorityRule",
      "PriorityRules",
    ]);
  });
});

describe("names in rules", () => {
  const decomposed = "VIP Mu\u0308nchen";

  it.each([
    ["VIP M\u00fcnchen", decomposed],
    ["VIP M\u00fcnchen", "  VIP\u00a0\u00a0M\u00fcnchen\u00a0"],
    [decomposed, "\ufeffvip m\u00fcnchen"],
    ["vip *", "VIP\u2003M\u00fcnchen"],
    ["*M\u00dcNCHEN", decomposed],
    [" VIP*", "vip\u200b m\u00fcnchen"],
  ])("%j is for a queue that is called %j", (name, called) => {
    expect(priorityOf([{ name, priority: 9 }], { ...queue, name: called })).toStrictEqual([9, 1]);
  });

  it("count capitals only where the rule says so, and then still see no white space and no way of typing", () => {
    const rule = { name: "VIP*", priority: 9, ignoreCase: false };
    const named = (name: string) => priorityOf([rule], { ...queue, name })[0];
    expect([named("VIP x"), named("vip x"), named(` ${decomposed}`)]).toStrictEqual([9, 1, 9]);
    expect(priorityOf([{ ...rule, ignoreCase: true }], { ...queue, name: "vip x" })).toStrictEqual([9, 1]);
  });
});

describe("matchesGlob", () => {
  it("takes * for any text and everything else literally", () => {
    expect([
      matchesGlob("a.b*", "a.bc"),
      matchesGlob("a.b*", "axbc"),
      matchesGlob("*", ""),
      matchesGlob("(x)", "(X)"),
    ]).toStrictEqual([true, false, true, true]);
  });

  it.each([
    ["", "", true],
    ["", "a", false],
    ["ab", "ab", true],
    ["ab*", "xab", false],
    ["*ab", "xab", true],
    ["*ab", "abx", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["*a*b*", "xaxbx", true],
    ["*a*b*", "xbxax", false],
    ["*ab*ab*", "xabx", false],
    ["*aba*ba*", "abaxba", true],
    ["*aba*ba*", "ababa", true],
    ["*aba*ba*", "aba", false],
    ["a**b", "ab", true],
  ])("%j for %j: %s", (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it("compares names in one form", () => {
    expect([comparableName("  A\u200b\u00a0 b "), comparableName(" A  B", false)]).toStrictEqual(["a b", "A B"]);
    // A capital that has no small letter of its own.
    expect(comparableName("\u0130")).toBe("\u0130".toLowerCase());
  });
});
