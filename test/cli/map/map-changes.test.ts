import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../cli/map/map-changes.ts";
import type { PriorityMap } from "../../../src/priorities/priority-map.ts";

const mapOf = (priorities: Readonly<Record<string, number>>): PriorityMap => ({
  version: "v",
  checkedAt: 0,
  leftOut: [],
  queues: new Map(
    Object.entries(priorities).map(([id, priority]) => [id, { id, name: `Queue ${id}`, priority, rule: 1 }]),
  ),
});

const seen = (before: PriorityMap | undefined, after: PriorityMap | undefined) =>
  changesBetween(before, after).map(({ change, id, from, to }) => [change, id, from, to]);

describe("changesBetween", () => {
  it("tells what was added, removed and has another priority, where 0 is a priority like any other", () => {
    const before = mapOf({ gone: 2, zero: 0, rises: 0, falls: 5, same: 3 });
    const after = mapOf({ new: 0, zero: 0, rises: 5, falls: 0, same: 3 });
    expect(seen(before, after)).toStrictEqual([
      ["added", "new", null, 0],
      ["priority", "rises", 0, 5],
      ["priority", "falls", 5, 0],
      ["removed", "gone", 2, null],
    ]);
    expect(changesBetween(mapOf({ gone: 2 }), mapOf({}))).toStrictEqual([
      { change: "removed", id: "gone", name: "Queue gone", from: 2, to: null },
    ]);
  });

  it("has all queues added to no map, and none by a refresh that changed nothing", () => {
    expect(seen(undefined, mapOf({ a: 1 }))).toStrictEqual([["added", "a", null, 1]]);
    expect(seen(mapOf({ a: 1 }), mapOf({ a: 1 }))).toStrictEqual([]);
    expect(seen(mapOf({ a: 1 }), undefined)).toStrictEqual([["removed", "a", 1, null]]);
  });
});
