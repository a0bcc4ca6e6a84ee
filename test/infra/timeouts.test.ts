import { describe, expect, it } from "vitest";
import { leaseFor } from "../../src/failed/failed-chunk.ts";
import { mostWaits } from "../../src/retry/deliver-failed-events.ts";
import { devPlan } from "../support/local-run.ts";

const plan = await devPlan();

/** Seconds, by function. */
const functionTimeouts = new Map(
  plan.ofType("aws:lambda/function:Function").map(({ name, inputs }) => [name, Number(inputs["timeout"])]),
);

interface State {
  readonly Seconds?: number;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: ReadonlyArray<{ readonly MaxAttempts: number; readonly MaxDelaySeconds: number }>;
  readonly ItemProcessor?: Machine;
}

interface Machine {
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State>>;
}

const machines = new Map(
  plan
    .ofType("aws:sfn/stateMachine:StateMachine")
    .map(({ name, inputs }): [string, Machine] => [name, JSON.parse(String(inputs["definition"]))]),
);

const statesOf = ({ States }: Pick<Machine, "States">): ReadonlyArray<readonly [string, State]> =>
  Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor === undefined ? [] : statesOf(state.ItemProcessor)),
  ]);

/** The function that a state invokes; undefined for any other state. */
const functionOf = ({ Parameters }: State): string | undefined => Parameters?.FunctionName?.split(":").at(-1);

const invocations = [...machines].flatMap(([machine, definition]) =>
  statesOf(definition).flatMap(([state, each]) => {
    const name = functionOf(each);
    return name === undefined ? [] : [{ machine, state, name, seconds: each.TimeoutSeconds }];
  }),
);

describe("times that have to fit", () => {
  it("gives every state that invokes a function exactly the function's own time", () => {
    expect(invocations.length).toBeGreaterThan(5);
    // Shorter, and a function works on after its state was repeated; longer, and a state waits for nobody.
    const unlike = invocations.filter(({ name, seconds }) => seconds !== functionTimeouts.get(name));
    expect(unlike).toStrictEqual([]);
  });

  it("ends every machine within the five minutes of an Express execution", () => {
    expect([...machines].filter(([, { TimeoutSeconds }]) => !(TimeoutSeconds < 300))).toStrictEqual([]);
  });

  it("ends no chunk's lease while a function of its execution may still be at work", () => {
    const retry = invocations.filter(({ machine }) => machine === "retry-failed-events");
    const execution = machines.get("retry-failed-events")?.TimeoutSeconds ?? Number.NaN;
    // One that is invoked in the execution's last second works on when the execution has ended.
    const longest = Math.max(...retry.map(({ seconds = Number.NaN }) => seconds));
    expect(leaseFor).toBeGreaterThanOrEqual((execution + longest) * 1000);
  });

  it("leaves an execution of retry-failed-events the time for its longest way", () => {
    const { States, TimeoutSeconds } = machines.get("retry-failed-events") ?? { States: {}, TimeoutSeconds: 0 };
    const longest = (name: string): number => {
      const { TimeoutSeconds: seconds = Number.NaN, Retry: [retry] = [] } = States[name] ?? {};
      const { MaxAttempts, MaxDelaySeconds } = retry ?? { MaxAttempts: Number.NaN, MaxDelaySeconds: Number.NaN };
      return seconds * (1 + MaxAttempts) + MaxAttempts * MaxDelaySeconds;
    };
    // The wait for Genesys is 20 s at most, and Genesys is asked again after it.
    const way = [longest("ClaimFailedChunk"), 2 * longest("EnrichFailedEvents"), 20, longest("DeliverFailedEvents")];
    expect(way.reduce((sum, seconds) => sum + seconds)).toBeLessThan(TimeoutSeconds);
    // Before it makes way it has asked for its turn so often, each time after a pause.
    const pauses = mostWaits * (States["WaitForItsTurn"]?.Seconds ?? Number.NaN);
    const patient = [20, 20, pauses, longest("DeliverFailedEvents")].reduce((sum, seconds) => sum + seconds);
    expect(patient).toBeLessThan(TimeoutSeconds);
    expect(pauses).toBeLessThanOrEqual(30);
  });
});
