import { describe, expect, it } from "vitest";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { tooManyRequests, unavailable } from "../../local/genesys/local-genesys.ts";
import { queueId, userId } from "../../local/genesys/organisation.ts";
import { awsError } from "../../local/service.ts";
import { envelope } from "../support/builders.ts";
import { atBus, devPlan, membersOf, runLocally, start, withRareRedrive } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";
import { writeUnits } from "../support/write-units.ts";

/** Events that name users, in a fixed order, at the run's own time. */
const userEvents = (count: number, users: number, perMinute = 10_000): ReadonlyArray<InputEvent> =>
  Array.from({ length: count }, (_, index) =>
    atBus(
      envelope(
        "user.start",
        {
          eventTime: start + Math.floor((index * 60_000) / perMinute),
          conversationId: `c-${index}`,
          userId: userId(1 + (index % users)),
          queueId: queueId(1 + (index % 9)),
        },
        { id: `e-${index}`, time: "2026-01-05T09:00:00Z" },
      ),
    ),
  );

const many = sized(1_000, 10_000);
const refused = sized(1_500, 3_000);

describe("enrichment in a local run", () => {
  it("adds the names of users and queues with few requests and at most one write per event", async () => {
    const { units, onRequest } = writeUnits();
    const run = await runLocally(userEvents(many, 500), { onRequest });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger.delivered).toBe(many);
    const members = membersOf(run);
    expect(members.every(({ enrichment }) => enrichment.user.name.startsWith("Agent ") && enrichment.queue.name)).toBe(
      true,
    );
    expect(run.genesys.byPath["/api/v2/users"]).toBeLessThanOrEqual(50);
    expect(units.get("deliveries")).toBeLessThanOrEqual(many);
  });

  it("outlives a Genesys that answers 429 for 40 s, then 503 for two minutes, and never asks before it may", async () => {
    let brokenSince: number | undefined;
    const run = await runLocally(userEvents(sized(1_000, 2_000), 300), {
      beforeSending: ({ genesys }) => {
        genesys.fault = ({ path }, now) => {
          if (path.includes("/users")) brokenSince ??= now;
          if (brokenSince === undefined) return undefined;
          const seconds = (now - brokenSince) / 1000;
          if (seconds < 40) return tooManyRequests(Math.ceil(40 - seconds));
          return seconds < 160 ? unavailable() : undefined;
        };
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ delivered: sized(1_000, 2_000), parked: {}, inFlight: 0 });
    const members = membersOf(run);
    expect(members.filter(({ enrichment }) => enrichment.user === undefined)).toStrictEqual([]);
    expect([run.genesys.rateLimited > 0, run.genesys.tooEarly]).toStrictEqual([true, 0]);
    expect(run.executions.filter(({ machine }) => machine === "retry-failed-events").length).toBeGreaterThan(0);
  });

  it("says of a user that does not exist that it does not, and delivers the event", async () => {
    const body = { eventTime: start, conversationId: "c-1", userId: "a-nobody" };
    const run = await runLocally([atBus(envelope("user.start", body))]);
    const [member] = membersOf(run);
    expect(member.enrichment.error.reason).toBe("userNotFound");
    expect(run.executions.filter(({ machine }) => machine === "retry-failed-events")).toStrictEqual([]);
  });

  it("delivers without names, and with the reason, what Genesys refuses for longer than an event may wait", async () => {
    const run = await runLocally(userEvents(20, 5), {
      beforeSending: ({ genesys }) => {
        genesys.fault = () => unavailable();
      },
    });
    const members = membersOf(run);
    expect(run.ledger).toMatchObject({ delivered: 20, parked: {}, balanced: true });
    expect(new Set(members.map(({ enrichment }) => enrichment.error.reason))).toStrictEqual(
      new Set(["genesysUnavailable"]),
    );
    expect(run.simulatedMilliseconds).toBeGreaterThanOrEqual(3_600_000);
    expect(run.simulatedMilliseconds).toBeLessThan(3_600_000 + 20 * 60_000);
  });
});

describe("failed events in a local run", () => {
  it("delivers everything once when Firehose refuses 30 % of the entries for five minutes", async () => {
    const slow = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." };
    const run = await runLocally(userEvents(refused, 100), {
      beforeSending: ({ streams, clock }) => {
        const until = clock.now() + 5 * 60_000;
        for (const stream of streams.values()) {
          stream.refuse = () => (clock.now() < until && Math.random() < 0.3 ? slow : undefined);
        }
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect([run.ledger.delivered, run.deliveredLines, run.ledger.inFlight]).toStrictEqual([refused, refused, 0]);
    const retries = run.executions.filter(({ machine }) => machine === "retry-failed-events");
    expect(retries.length).toBeGreaterThan(0);
    expect(retries.every(({ status }) => status === "SUCCEEDED")).toBe(true);
    expect(Math.max(...run.executions.map(({ largestStateBytes }) => largestStateBytes))).toBeLessThan(32 * 1024);
  });

  it("retries a chunk after its lease when no execution could be started for it", async () => {
    let isRefusing = true;
    const run = await runLocally(userEvents(200, 20), {
      faults: ({ operation }) =>
        operation === "states.StartExecution"
          ? { _tag: "Answer", answer: awsError(400, "AccessDeniedException", "no") }
          : undefined,
      beforeSending: ({ streams }) => {
        for (const stream of streams.values()) {
          let offered = 0;
          stream.refuse = () => {
            offered += 1;
            isRefusing &&= offered < 1_500;
            return isRefusing && offered % 2 === 0 ? { ErrorCode: "InternalFailure", ErrorMessage: "no" } : undefined;
          };
        }
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ delivered: 200, inFlight: 0 });
  });

  it("parks what failed for longer than the stack allows, with its reason", async () => {
    const run = await runLocally(userEvents(30, 5), {
      plan: withRareRedrive(await devPlan('floodgate:retry={"maximumEventAgeDays":1}')),
      beforeSending: ({ streams }) => {
        for (const stream of streams.values()) {
          // One event never gets through; the others show that the sink is there.
          stream.refuse = (data) =>
            Buffer.from(data, "base64").includes('"c-7"')
              ? { ErrorCode: "InternalFailure", ErrorMessage: "no" }
              : undefined;
        }
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ delivered: 29, parked: { firehoseUnavailable: 1 }, inFlight: 0 });
    expect(run.simulatedMilliseconds).toBeGreaterThan(24 * 3_600_000);
  });

  it("does not let a record that always kills the process take its batch along", async () => {
    const killer = atBus(envelope("user.start", { eventTime: start, conversationId: "killer" }));
    const run = await runLocally([...userEvents(60, 5), killer], {
      faults: ({ operation, body }) => {
        if (operation !== "firehose.PutRecordBatch") return undefined;
        const { Records } = JSON.parse(body.toString("utf8"));
        const isKiller = ({ Data }: { Data: string }) => Buffer.from(Data, "base64").includes('"killer"');
        return Records.some(isKiller) ? { _tag: "Crash", when: "before" } : undefined;
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ delivered: 60, parked: { deadLetter: 1 } });
  });
});
