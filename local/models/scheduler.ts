import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";
import { nameOf } from "../text.ts";
import type { Machines } from "./machines.ts";

/*
 * EventBridge Scheduler: `rate(n minutes)` schedules start their state machine with their input (Scheduler User
 * Guide). Left out: cron, flexible windows, retries and dead letters (a machine here can always be started), starting
 * one twice.
 */

const ScheduleInputs = t.type({
  scheduleExpression: t.string,
  target: t.type({ arn: t.string, input: t.string }),
});

const millisecondsOf = (expression: string): number => {
  const minutes = /^rate\((\d+) minutes?\)$/.exec(expression)?.[1];
  if (minutes === undefined) throw new Error(`the model of schedules does not know ${expression}`);
  return Number(minutes) * 60_000;
};

/** Starts the schedules of a plan; each runs for the first time after its own period. */
export const startSchedules = (plan: Plan, machines: Machines, clock: Clock): void => {
  for (const resource of plan.ofType("aws:scheduler/schedule:Schedule")) {
    const { scheduleExpression, target } = inputsOf(ScheduleInputs, resource);
    const period = millisecondsOf(scheduleExpression);
    const machine = nameOf(target.arn);
    const run = (): void => {
      machines.start(machine, JSON.parse(target.input));
      clock.after(period, run);
    };
    clock.after(period, run);
  }
};
