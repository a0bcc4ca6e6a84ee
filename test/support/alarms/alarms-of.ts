import type { Plan } from "../../../local/plan.ts";
import type { RunResult } from "../../../local/run.ts";

/*
 * CloudWatch's alarms over the metrics of a run: periods from the run's beginning on, the statistic of each, and so many
 * periods in a row (CloudWatch User Guide, "Using CloudWatch alarms"). Left out: metrics that nothing here publishes,
 * which are missing data; the search for older data points when some are missing; actions.
 */

interface Point {
  readonly at: number;
  readonly series: string;
  readonly value: number;
}

const seriesOf = (namespace: string, metric: string, dimension: string): string =>
  `${namespace} ${metric} ${dimension}`;

/** What functions have published, from their log lines. */
const published = ({ logs }: Pick<RunResult, "logs">): ReadonlyArray<Point> =>
  logs.flatMap(({ text }) => {
    if (!text.includes('"_aws"')) return [];
    const { _aws, service, ...values } = JSON.parse(text);
    const names: ReadonlyArray<string> = _aws.CloudWatchMetrics.flatMap(
      ({ Metrics }: { Metrics: { Name: string }[] }) => Metrics.map(({ Name }) => Name),
    );
    return names.map((name) => ({
      at: _aws.Timestamp,
      series: seriesOf("Floodgate", name, service),
      value: values[name],
    }));
  });

const executionsFailed = ({ executions }: Pick<RunResult, "executions">): ReadonlyArray<Point> =>
  executions
    .filter(({ status }) => status === "FAILED")
    .map(({ machine, endedAt = 0 }) => ({
      at: endedAt,
      series: seriesOf("AWS/States", "ExecutionsFailed", machine),
      value: 1,
    }));

/** Messages that were sent to a queue, by their times. */
export const sentTo = (queue: string, times: ReadonlyArray<number>): ReadonlyArray<Point> =>
  times.map((at) => ({ at, series: seriesOf("AWS/SQS", "NumberOfMessagesSent", queue), value: 1 }));

type Statistic = (values: ReadonlyArray<number>) => number;

const sum: Statistic = (values) => values.reduce((total, value) => total + value, 0);
const statistics: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  SampleCount: (values) => values.length,
};

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

interface Alarm {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly period: number;
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: string;
}

/** When an alarm first rings, in epoch milliseconds; undefined: never. */
const firstRing = (alarm: Alarm, points: ReadonlyArray<Point>, from: number, to: number): number | undefined => {
  const period = alarm.period * 1000;
  const dimension = Object.values(alarm.dimensions)[0] ?? "";
  const own = points.filter(
    ({ series }) => series === seriesOf(alarm.namespace, alarm.metricName, dimension.replace(/^.*:/, "")),
  );
  const bins = Map.groupBy(own, ({ at }) => Math.floor((at - from) / period));
  let inARow = 0;
  for (let bin = 0; from + (bin + 1) * period <= to; bin += 1) {
    const values = bins.get(bin)?.map(({ value }) => value);
    const isBreaching =
      values === undefined
        ? alarm.treatMissingData === "breaching"
        : comparisons[alarm.comparisonOperator]?.(statistics[alarm.statistic]?.(values) ?? 0, alarm.threshold) === true;
    inARow = isBreaching ? inARow + 1 : 0;
    if (inARow >= alarm.evaluationPeriods) return from + (bin + 1) * period;
  }
  return undefined;
};

/** The alarms of a plan that ring in a run, each with the time of its first ring in minutes from the beginning. */
export const ringing = (
  plan: Plan,
  run: Pick<RunResult, "logs" | "executions">,
  times: { readonly from: number; readonly to: number },
  more: ReadonlyArray<Point> = [],
): Readonly<Record<string, number>> => {
  const points = [...published(run), ...executionsFailed(run), ...more];
  const rings = plan.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").flatMap(({ name, inputs }) => {
    const at = firstRing(inputs as unknown as Alarm, points, times.from, times.to);
    return at === undefined ? [] : [[name, (at - times.from) / 60_000] as const];
  });
  return Object.fromEntries(rings);
};
