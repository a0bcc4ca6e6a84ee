import { describe, expect, it } from "vitest";
import { devPlan } from "../support/local-run.ts";

const schedulesOf = async (...configuration: ReadonlyArray<string>) => {
  const plan = await devPlan(...configuration);
  return Object.fromEntries(
    plan.ofType("aws:scheduler/schedule:Schedule").map(({ name, inputs }): [string, unknown] => {
      const { input, retryPolicy } = Object(inputs["target"]);
      return [name, [inputs["scheduleExpression"], Object(inputs["flexibleTimeWindow"]).mode, input, retryPolicy]];
    }),
  );
};

/** In a period of its own a start may be tried again, and not in the next one. */
const within = (seconds: number, retries: unknown = expect.any(Number)) => ({
  maximumEventAgeInSeconds: seconds,
  maximumRetryAttempts: retries,
});

describe("schedules", () => {
  it("start every machine with nothing, as whoever wants a refresh forced has to say so by hand, and again within its period", async () => {
    const redrive = ["rate(1 minute)", "OFF", "{}", within(60)];
    expect([await schedulesOf(), await schedulesOf('floodgate:priorityMap={"refreshMinutes":5}')]).toStrictEqual([
      {
        "redrive-failed-events": redrive,
        "refresh-queue-priorities": ["rate(15 minutes)", "FLEXIBLE", "{}", within(14 * 60)],
      },
      {
        "redrive-failed-events": redrive,
        "refresh-queue-priorities": ["rate(5 minutes)", "FLEXIBLE", "{}", within(4 * 60)],
      },
    ]);
  });
});
