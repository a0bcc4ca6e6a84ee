import * as t from "io-ts";
import type { Plan } from "../../local/plan.ts";

const Threshold = t.type({ threshold: t.number });

/** The share of malformed events, in percent, above which the stack's own alarm rings. */
export const malformedPercentOf = (plan: Plan): number => {
  const alarm = plan.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").find(({ name }) => name === "malformed");
  return Threshold.is(alarm?.inputs) ? alarm.inputs.threshold : 100;
};
