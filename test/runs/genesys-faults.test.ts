import { describe, expect, it } from "vitest";
import { refusedUser } from "../../local/genesys/genesys-faults.ts";
import { queueId, userId } from "../../local/genesys/organisation.ts";
import type { OutageName } from "../../local/outages.ts";
import type { RunResult } from "../../local/run.ts";
import type { Enrichment } from "../../src/enrichment/enrichment.ts";
import { envelope } from "../support/builders.ts";
import { atBus, devPlan, membersOf, runLocally, start } from "../support/local-run.ts";

const count = 60;

/** An event of each of 60 agents, in 20 queues, all within a second. */
const events = Array.from({ length: count }, (_, index) =>
  atBus(
    envelope(
      "user.start",
      {
        eventTime: start + index,
        conversationId: `c-${index}`,
        userId: userId(index + 1),
        queueId: queueId((index % 20) + 1),
      },
      { id: `e-${index}`, time: "2026-01-05T09:00:00Z" },
    ),
  ),
);

/** An event waits for its names for ten minutes, not for an hour, so that runs with a Genesys that never answers end soon. */
const runWith = async (outage: OutageName): Promise<RunResult> =>
  runLocally(events, {
    plan: await devPlan('floodgate:enrichment={"maxDelayMinutes":10}'),
    outages: new Set([outage]),
  });

interface Seen {
  /** The state in which the refresh ended. */
  readonly refresh: string | undefined;
  readonly delivered: number;
  /** Lines with a user's name, with a queue's name, and the reasons why there is none. */
  readonly users: number;
  readonly queues: number;
  readonly gaps: Readonly<Record<string, number>>;
}

const seen = (result: RunResult): Seen => {
  const enrichments: ReadonlyArray<Enrichment> = membersOf(result).map(({ enrichment }) => enrichment ?? {});
  const gaps: Record<string, number> = {};
  for (const { error } of enrichments) if (error !== undefined) gaps[error.reason] = (gaps[error.reason] ?? 0) + 1;
  return {
    refresh: result.executions.find(({ machine }) => machine === "refresh-queue-priorities")?.lastState,
    delivered: result.ledger.delivered,
    users: enrichments.filter(({ user }) => user !== undefined).length,
    queues: enrichments.filter(({ queue }) => queue !== undefined).length,
    gaps,
  };
};

const all: Seen = { refresh: "Published", delivered: count, users: count, queues: count, gaps: {} };
const nothing = (refresh: string, gap: string): Partial<Seen> => ({
  refresh,
  users: 0,
  queues: 0,
  gaps: { [gap]: count },
});

describe("a run with a Genesys that", () => {
  it.each<[OutageName, Partial<Seen>]>([
    ["genesys-nulls", {}],
    // Of the queues of each page one, of the users of each request one.
    ["genesys-odd-entities", { users: count - 2, gaps: { userUnreadable: 2 }, queues: count - 3 }],
    ["genesys-odd-names", {}],
    ["genesys-no-page-count", {}],
    ["genesys-bad-id", { users: count - 1, gaps: { userRefused: 1 } }],
    ["genesys-resets", {}],
    ["genesys-408", {}],
    ["genesys-limited-until", {}],
    ["genesys-limited-in-words", {}],
    ["genesys-redirects", nothing("GenesysTooSlow", "genesysUnavailable")],
    ["genesys-html", nothing("GenesysTooSlow", "genesysUnavailable")],
    ["genesys-empty", nothing("GenesysTooSlow", "genesysUnavailable")],
    ["genesys-proxy-400", nothing("GenesysTooSlow", "genesysUnavailable")],
    ["genesys-wrong-secret", nothing("RefusedByGenesys", "genesysRefused")],
    ["genesys-refuses-client", nothing("RefusedByGenesys", "genesysRefused")],
  ])("is as in %s loses no event, and no name that could be had", async (outage, expected) => {
    const result = await runWith(outage);
    expect([result.ledger.balanced, result.differences]).toStrictEqual([true, []]);
    expect(seen(result)).toStrictEqual({ ...all, ...expected });
  });

  it("breaks connections is asked again at once: no event waits for a retry", async () => {
    const result = await runWith("genesys-resets");
    expect(result.executions.filter(({ machine }) => machine === "retry-failed-events")).toStrictEqual([]);
  });

  it("refuses one id is asked by halves, and not again for the same id", async () => {
    const result = await runWith("genesys-bad-id");
    expect(refusedUser).toBe(userId(3));
    expect(result.genesys.byPath["/api/v2/users"]).toBeLessThan(40);
  });
});
