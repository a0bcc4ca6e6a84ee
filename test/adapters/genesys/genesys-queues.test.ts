import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { genesysQueues } from "../../../src/adapters/genesys/genesys-queues.ts";
import { decodeAnswer } from "../../../src/adapters/genesys/response.ts";
import { toMapped } from "../../../src/domain/priority-map.ts";
import { defaultRules, resolvePriority } from "../../../src/domain/priority-rule.ts";

type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json };

const sample: Json = JSON.parse(readFileSync("test/samples/genesys/rest.queues.page1.200.json", "utf8"));

const listOf = (page: Json) =>
  genesysQueues({ get: (_, codec) => async () => decodeAnswer(codec, JSON.stringify(page)) }).listQueues(1, 100)();

type Path = ReadonlyArray<string | number>;

/** Every place in a page, objects and lists themselves included. */
const pathsIn = (value: Json, at: Path = []): ReadonlyArray<Path> => {
  if (typeof value !== "object" || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, each]) =>
    pathsIn(each as Json, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length === 0 ? inside : [at, ...inside];
};

const removed = Symbol("removed");

const change = (value: Json, [key, ...rest]: Path, to: Json | typeof removed): Json => {
  if (key === undefined || typeof value !== "object" || value === null) return to === removed ? null : to;
  if (Array.isArray(value)) {
    if (rest.length === 0 && to === removed) return value.filter((_, index) => index !== key);
    return value.map((each, index) => (index === key ? change(each, rest, to) : each));
  }
  const entries = Object.entries(value as { readonly [name: string]: Json });
  return Object.fromEntries(
    entries
      .filter(([name]) => !(name === key && rest.length === 0 && to === removed))
      .map(([name, each]) => [name, name === key ? change(each, rest, to) : each]),
  );
};

/** The default rules in the words of the design, on the raw JSON: what a page says may only mean this. */
const expectedPriority = (queue: Json): number => {
  const { routingStrategy, scoringMethod } = queue as Record<string, { name?: string } | string | undefined>;
  const strategy = String((typeof routingStrategy === "object" && routingStrategy.name) || "").toLowerCase();
  if (strategy.includes("priority")) return 5;
  if (strategy.includes("longestidle")) return 3;
  const scoring = typeof scoringMethod === "string" ? scoringMethod.toLowerCase() : "";
  if (scoring === "priorityonly") return 5;
  return scoring === "timestampandpriority" ? 3 : 1;
};

const pages = fc.record({
  path: fc.constantFrom(...pathsIn(sample)),
  to: fc.oneof(
    fc.constant(removed),
    fc.constantFrom<Json>(null, "", 0, -1, true, [], {}, "PriorityOnly", { name: "longestIdle" }),
    fc.jsonValue().map((value) => value as Json),
  ),
});

describe("a page of queues", () => {
  it("decodes, or fails with the path of the field; whatever decodes has the priority that its own text says", () => {
    let decoded = 0;
    let failed = 0;
    return fc
      .assert(
        fc.asyncProperty(pages, async ({ path, to }) => {
          const page = change(sample, path, to);
          const listed = await listOf(page);
          if (listed._tag === "Left") {
            failed += 1;
            // A value that is missing or of another type is named by its place, at or below where it was changed.
            expect(listed.left).toMatchObject({ _tag: "GenesysUnreadable" });
            expect(JSON.stringify(listed.left)).toContain(path.slice(0, 3).join("."));
            return;
          }
          decoded += 1;
          const raw = (page as { entities: ReadonlyArray<Json> }).entities;
          const mapped = listed.right.queues.map((queue) => toMapped(queue, resolvePriority(defaultRules, queue)));
          expect(mapped.map(({ id, priority }) => ({ id, priority }))).toStrictEqual(
            raw.map((queue) => ({ id: (queue as { id: string }).id, priority: expectedPriority(queue) })),
          );
        }),
        { numRuns: 1_000, seed: 5 },
      )
      .then(() => expect([decoded > 100, failed > 100]).toStrictEqual([true, true]));
  });
});
