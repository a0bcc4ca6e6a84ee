import { describe, expect, it } from "vitest";
import { requestBudget } from "../../../src/genesys/adapters/request-budget.ts";
import { receivedAt as now } from "../../support/builders.ts";

const headersOf = (allowed: unknown, count: unknown, reset: unknown) =>
  new Headers(
    Object.entries({ allowed, count, reset }).flatMap(([name, value]) =>
      value === undefined ? [] : [[`inin-ratelimit-${name}`, String(value)] as [string, string]],
    ),
  );

describe("requestBudget", () => {
  it("takes so many requests in a sliding minute, and says when the next may be made", () => {
    const { take } = requestBudget(2);
    expect([
      take(now),
      take(now + 10_500),
      take(now + 20_000),
      take(now + 59_999),
      take(now + 60_000),
      take(now + 60_001),
      take(now + 70_500),
    ]).toStrictEqual([0, 0, 40, 1, 0, 11, 0]);
  });

  it("makes none before the time that Genesys has named, whatever shorter time it names after", () => {
    const { take, holdFor } = requestBudget(10);
    holdFor(30, now);
    holdFor(5, now + 1_000);
    expect([take(now), take(now + 1_500), take(now + 29_999), take(now + 30_000)]).toStrictEqual([30, 29, 1, 0]);
  });

  it.each<[string, Headers, number]>([
    ["used up", headersOf(300, 300, 20), 20],
    ["more than used up", headersOf(300, 301, 20), 20],
    ["not used up", headersOf(300, 299, 20), 0],
    ["used up and about to begin anew", headersOf(300, 300, 0), 0],
    ["not told", headersOf(undefined, undefined, undefined), 0],
    ["told without its length", headersOf(300, 300, undefined), 0],
    ["told without a count", headersOf(300, undefined, 20), 0],
    ["told without a limit", headersOf(undefined, 300, 20), 0],
    ["told in words", headersOf("many", "more", "soon"), 0],
  ])("stops at the last request of a window that is %s", (_, headers, wait) => {
    const { take, learn } = requestBudget(10);
    learn(headers, now);
    expect(take(now)).toBe(wait);
  });
});
