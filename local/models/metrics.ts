import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { jsonAnswer, type Operation, operation } from "../service.ts";
import type { MessageBuffer } from "./buffer.ts";

/*
 * CloudWatch metrics as far as commands ask for them: sums of what functions publish as EMF lines (CloudWatch User
 * Guide, embedded metric format), and the age of a queue's oldest message. Left out: alarms, statistics other than a
 * sum, resolution, percentiles, all other metrics of AWS.
 */

const Emf = t.type({
  _aws: t.type({
    Timestamp: t.number,
    CloudWatchMetrics: t.array(t.type({ Metrics: t.array(t.type({ Name: t.string })) })),
  }),
  service: t.string,
});

const Metric = t.type({
  Namespace: t.string,
  MetricName: t.string,
  Dimensions: t.array(t.type({ Name: t.string, Value: t.string })),
});

const GetMetricData = t.type(
  {
    StartTime: t.number,
    MetricDataQueries: t.array(t.type({ Id: t.string, MetricStat: t.type({ Metric }) })),
  },
  "GetMetricData",
);

interface Point {
  readonly at: number;
  readonly functionName: string;
  readonly name: string;
  readonly value: number;
}

const keptFor = 60 * 60_000;

export class Metrics {
  private points: Point[] = [];
  private readonly totals = new Map<string, number>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Takes a line of a function's log; most are no metrics. */
  read(line: string): void {
    if (!line.includes('"_aws"')) return;
    const value: unknown = JSON.parse(line);
    if (!t.UnknownRecord.is(value) || !Emf.is(value)) return;
    const counts: Readonly<Record<string, unknown>> = value;
    const at = this.clock.now();
    for (const { Name } of value._aws.CloudWatchMetrics.flatMap(({ Metrics: metrics }) => metrics)) {
      const counted = Number(counts[Name]);
      this.points.push({ at, functionName: value.service, name: Name, value: counted });
      this.totals.set(Name, (this.totals.get(Name) ?? 0) + counted);
    }
    if ((this.points[0]?.at ?? at) < at - 2 * keptFor)
      this.points = this.points.filter((point) => point.at > at - keptFor);
  }

  /** Everything that was ever counted, by name. */
  all(): ReadonlyMap<string, number> {
    return this.totals;
  }

  sum(name: string, since: number, functionName: string): number {
    return this.points
      .filter((point) => point.name === name && point.functionName === functionName && point.at >= since)
      .reduce((sum, { value }) => sum + value, 0);
  }
}

export const getMetricData = (metrics: Metrics, buffers: ReadonlyMap<string, MessageBuffer>): Operation =>
  operation(GetMetricData, "InvalidParameterValue", ({ StartTime, MetricDataQueries }) => {
    const measured = ({ Namespace, MetricName, Dimensions }: t.TypeOf<typeof Metric>): number | undefined => {
      const dimension = Dimensions[0]?.Value ?? "";
      return Namespace === "AWS/SQS"
        ? buffers.get(dimension)?.oldestSeconds()
        : metrics.sum(MetricName, StartTime * 1000, dimension);
    };
    const results = MetricDataQueries.map(({ Id, MetricStat }) => ({
      Id,
      Label: MetricStat.Metric.MetricName,
      StatusCode: "Complete",
      Timestamps: [],
      Values: [measured(MetricStat.Metric)].filter((value) => value !== undefined),
    }));
    return jsonAnswer(200, { MetricDataResults: results });
  });
