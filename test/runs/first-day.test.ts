import { describe, expect, it } from "vitest";
import type { Cloud } from "../../local/cloud.ts";
import { ringing, sentTo } from "../support/alarms/alarms-of.ts";
import { envelope } from "../support/builders.ts";
import { atBus, devPlan, runLocally, start } from "../support/local-run.ts";
import { isFull, sized } from "../support/setup/sized.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Longer than any alarm looks back but those on silence and backlog. */
const hoursOfDay = sized(2, 24);

const plan = await devPlan('floodgate:alarms={"setAsidePercent":50,"silence":{"minutes":60}}');

/** So many events a minute: one in ten. */
const perMinute = 0.1;

/** An entry of a queue that the map knows, or of one second and queue. */
const event = (index: number, isBurst: boolean) =>
  atBus(
    envelope(
      "acd.start",
      {
        eventTime: start + (isBurst ? 0 : index * 10 * minute),
        conversationId: `c-${index}`,
        queueId: isBurst ? "one-queue" : "90000001-0000-4000-8000-000000000001",
      },
      { id: `e-${index}` },
    ),
  );

/** Lets so many hours pass, whatever is sent in them; answers which alarms rang, and when. */
const ringIn = async (
  hours: number,
  eventsOf: ReadonlyArray<ReturnType<typeof event>>,
  prepare: (cloud: Cloud) => void = () => undefined,
) => {
  const missed: number[] = [];
  const run = await runLocally(eventsOf, {
    plan,
    perMinute,
    beforeSending: (cloud) => {
      const queue = cloud.buffers.get("schedule-dead-letters");
      if (queue !== undefined) queue.onAccepted = () => void missed.push(cloud.clock.now());
      prepare(cloud);
    },
    beforeAudit: ({ clock }) => clock.runUntil(() => clock.now() >= start + hours * hour),
  });
  expect(run.differences).toStrictEqual([]);
  return ringing(plan, run, { from: start, to: start + hours * hour }, sentTo("schedule-dead-letters", missed));
};

describe("the alarms of a stack on its first day", () => {
  it("stay silent when an event comes every ten minutes and nothing is wrong", async () => {
    expect(
      await ringIn(
        hoursOfDay,
        Array.from({ length: hoursOfDay * 6 }, (_, index) => event(index, false)),
      ),
    ).toStrictEqual({});
  }, 300_000);

  it("ring for silence an hour after the last event, and for what is set aside above the share", async () => {
    const rings = await ringIn(
      2.25,
      Array.from({ length: 7 }, (_, index) => event(index, true)),
    );
    expect(rings).toStrictEqual({ silence: 125, "set-aside": 60 });
  }, 300_000);

  // What is missed is counted in days.
  it.runIf(isFull)(
    "ring once when no scheduled run could be started for a while, and say nothing of events",
    async () => {
      const rings = await ringIn(24, [event(0, false)], ({ scheduler, clock }) => {
        const end = clock.now() + 12 * minute;
        const denied = { code: "AccessDeniedException", message: "no" };
        scheduler.refuse = () => (clock.now() < end ? denied : undefined);
      });
      expect(Object.keys(rings).toSorted()).toStrictEqual(["redrive-stopped", "runs-missed", "silence"]);
    },
    300_000,
  );
});
