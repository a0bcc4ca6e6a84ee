import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import type { Cloud } from "../../local/cloud.ts";
import { devPlan, runLocally, start } from "../support/local-run.ts";

const minute = 60_000;
const events = burst({ count: 1_000, seed: 3, perMinute: 200, start });
const denied = { code: "AccessDeniedException", message: "the role is not known yet" };

/** Runs a campaign of five minutes while Scheduler can start nothing for so long. */
const runWith = async (refusedFor: number) => {
  let missed: ReadonlyArray<unknown> = [];
  const keep = ({ buffers }: Cloud): void => {
    missed =
      buffers
        .get("schedule-dead-letters")
        ?.held()
        .map(({ attributes }) => attributes) ?? [];
  };
  const run = await runLocally(events, {
    plan: await devPlan(),
    perMinute: 200,
    beforeSending: ({ scheduler, clock }) => {
      const end = clock.now() + refusedFor;
      scheduler.refuse = () => (clock.now() < end ? denied : undefined);
    },
    beforeAudit: keep,
  });
  const redrives = run.executions.filter(({ machine }) => machine === "redrive-failed-events").length;
  return { run, redrives, missed };
};

describe("scheduled runs that cannot be started", () => {
  it("are started a little later while a new role is not known everywhere, and leave no dead letter", async () => {
    const { run, redrives, missed } = await runWith(minute + 15_000);
    expect(run.ledger).toMatchObject({ received: 1_000, parked: {}, balanced: true });
    expect([missed, redrives]).toStrictEqual([[], Math.floor(run.simulatedMilliseconds / minute)]);
  });

  it("stay in their queue with the error when it lasts, and are neither received nor parked as events", async () => {
    const { run, missed } = await runWith(4 * minute);
    expect(run.ledger).toMatchObject({ received: 1_000, parked: {}, balanced: true });
    const { code, message } = denied;
    expect(missed).toStrictEqual(Array.from({ length: 3 }, () => ({ ERROR_CODE: code, ERROR_MESSAGE: message })));
  });
});
