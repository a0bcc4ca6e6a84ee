import { describe, expect, it } from "vitest";
import { devPlan } from "../support/local-run.ts";

const plan = await devPlan();

describe("schedules", () => {
  it("starts every machine with nothing: whoever wants a refresh forced has to say so by hand", () => {
    const inputs = plan
      .ofType("aws:scheduler/schedule:Schedule")
      .map(({ name, inputs: { target } }): [string, unknown] => [name, Object(target).input]);
    expect(Object.fromEntries(inputs)).toStrictEqual({
      "redrive-failed-events": "{}",
      "refresh-queue-priorities": "{}",
    });
  });
});
