import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";
import { nameOf } from "../text.ts";
import type { MessageBuffer } from "./buffer.ts";
import type { Machines } from "./machines.ts";

/*
 * EventBridge Scheduler: `rate(n minutes)` schedules start their state machine with their input. A start that is refused
 * is tried again, up to maximumRetryAttempts times and maximumEventAgeInSeconds, then sent to the dead-letter queue with
 * ERROR_CODE and ERROR_MESSAGE as attributes (Scheduler User Guide: retry policy, dead-letter queues; how long it waits
 * between two tries is not documented). Left out: cron, flexible windows, starting one twice.
 */

const ScheduleInputs = t.type({
  scheduleExpression: t.string,
  target: t.type({
    arn: t.string,
    input: t.string,
    retryPolicy: t.type({ maximumRetryAttempts: t.number, maximumEventAgeInSeconds: t.number }),
    deadLetterConfig: t.type({ arn: t.string }),
  }),
});
type Target = t.TypeOf<typeof ScheduleInputs>["target"];

const pauseBetweenTries = 10_000;

interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface SchedulerModels {
  readonly machines: Machines;
  readonly buffers: ReadonlyMap<string, MessageBuffer>;
  readonly clock: Clock;
}

const millisecondsOf = (expression: string): number => {
  const minutes = /^rate\((\d+) minutes?\)$/.exec(expression)?.[1];
  if (minutes === undefined) throw new Error(`the model of schedules does not know ${expression}`);
  return Number(minutes) * 60_000;
};

/** Starts the schedules of a plan; each runs for the first time after its own period. */
export const startSchedules = (plan: Plan, { machines, buffers, clock }: SchedulerModels) => {
  /** Why a machine cannot be started now, as when its role is not known yet; set by tests. */
  const scheduler = {
    refuse: (_machine: string): Refusal | undefined => undefined,
    /** After how many milliseconds a due schedule starts its machine, each time: `[]` never, `[0, 0]` twice; set by simulations. */
    startsAfter: (_machine: string): ReadonlyArray<number> => [0],
  };
  const tryTo = (target: Target, due: number, tried: number): void => {
    const { maximumRetryAttempts, maximumEventAgeInSeconds } = target.retryPolicy;
    const refusal = scheduler.refuse(nameOf(target.arn));
    const isTooOld = clock.now() + pauseBetweenTries > due + maximumEventAgeInSeconds * 1000;
    if (refusal === undefined) machines.start(nameOf(target.arn), JSON.parse(target.input));
    else if (tried < maximumRetryAttempts && !isTooOld)
      clock.after(pauseBetweenTries, () => tryTo(target, due, tried + 1));
    else
      buffers
        .get(nameOf(target.deadLetterConfig.arn))
        ?.send(target.input, { ERROR_CODE: refusal.code, ERROR_MESSAGE: refusal.message });
  };
  for (const resource of plan.ofType("aws:scheduler/schedule:Schedule")) {
    const { scheduleExpression, target } = inputsOf(ScheduleInputs, resource);
    const period = millisecondsOf(scheduleExpression);
    const run = (): void => {
      for (const delay of scheduler.startsAfter(nameOf(target.arn))) {
        if (delay === 0) tryTo(target, clock.now(), 0);
        else clock.after(delay, () => tryTo(target, clock.now(), 0));
      }
      clock.after(period, run);
    };
    clock.after(period, run);
  }
  return scheduler;
};
