import { firehose, lambda, own, type ResourceName, sqs, type Watched } from "./alarm-row.ts";

/** What is drawn, and by which statistic. */
type Line = readonly [Watched, string];
type Panel = readonly [string, ReadonlyArray<Line>];

/** The story from left to right, then from top to bottom. */
const panels: ReadonlyArray<Panel> = [
  ["Received", [[sqs("NumberOfMessagesSent", "buffer"), "Sum"]]],
  [
    "Waiting in the buffer",
    [
      [sqs("ApproximateNumberOfMessagesVisible", "buffer"), "Maximum"],
      [sqs("ApproximateAgeOfOldestMessage", "buffer"), "Maximum"],
    ],
  ],
  [
    "process-batch",
    [
      [lambda("ConcurrentExecutions", "process-batch"), "Maximum"],
      [lambda("Duration", "process-batch"), "Maximum"],
      [lambda("Errors", "process-batch"), "Sum"],
    ],
  ],
  [
    "Outcomes",
    ["delivered", "duplicates", "retrying", "parked", "failed"].map(
      (metric) => [own(metric, "process-batch"), "Sum"] as const,
    ),
  ],
  [
    "Admission",
    ["admitted", "lowPriority", "rateLimited", "unknownQueue"].map(
      (metric) => [own(metric, "transform-records"), "Sum"] as const,
    ),
  ],
  [
    "Firehose",
    [
      [firehose("IncomingRecords"), "Sum"],
      [firehose("DeliveryToS3.DataFreshness"), "Maximum"],
      [firehose("ThrottledRecords"), "Sum"],
    ],
  ],
  [
    "Retries",
    [
      [own("chunksStarted", "plan-redrive"), "Sum"],
      [own("chunksLeft", "plan-redrive"), "Maximum"],
      [own("heldBack", "plan-redrive"), "Sum"],
    ],
  ],
  ["Priority map", [[own("mapAgeSeconds", "transform-records"), "Maximum"]]],
];

const [columns, side] = [4, 6];

/** A CloudWatch dashboard of one panel for each part of the story; `names` are the resources' physical names. */
export const dashboardBody = (names: Readonly<Partial<Record<ResourceName, string>>>, region: string) => ({
  widgets: panels.map(([title, metrics], index) => ({
    type: "metric",
    x: (index % columns) * side,
    y: Math.floor(index / columns) * side,
    width: side,
    height: side,
    properties: {
      title,
      region,
      view: "timeSeries",
      period: 60,
      metrics: metrics.map(
        ([
          {
            namespace,
            metric,
            dimension: { name, of },
          },
          stat,
        ]) => [namespace, metric, name, names[of] ?? "", { stat }],
      ),
    },
  })),
});
