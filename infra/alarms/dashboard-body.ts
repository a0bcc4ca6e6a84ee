import type { ResourceName } from "./alarm-row.ts";

/** Namespace, metric, its dimension, whose, and statistic. */
type Line = readonly [string, string, string, ResourceName, string];
type Panel = readonly [string, ReadonlyArray<Line>];

/** The story from left to right, then from top to bottom. */
const panels: ReadonlyArray<Panel> = [
  ["Received", [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "buffer", "Sum"]]],
  [
    "Waiting in the buffer",
    [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "buffer", "Maximum"],
      ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "buffer", "Maximum"],
    ],
  ],
  [
    "process-batch",
    [
      ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", "process-batch", "Maximum"],
      ["AWS/Lambda", "Duration", "FunctionName", "process-batch", "Maximum"],
      ["AWS/Lambda", "Errors", "FunctionName", "process-batch", "Sum"],
    ],
  ],
  [
    "Outcomes",
    ["delivered", "duplicates", "retrying", "parked", "failed"].map(
      (metric) => ["Floodgate", metric, "service", "process-batch", "Sum"] as const,
    ),
  ],
  [
    "Admission",
    ["admitted", "lowPriority", "rateLimited", "unknownQueue"].map(
      (metric) => ["Floodgate", metric, "service", "transform-records", "Sum"] as const,
    ),
  ],
  [
    "Firehose",
    [
      ["AWS/Firehose", "IncomingRecords", "DeliveryStreamName", "stream", "Sum"],
      ["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", "stream", "Maximum"],
      ["AWS/Firehose", "ThrottledRecords", "DeliveryStreamName", "stream", "Sum"],
    ],
  ],
  [
    "Retries",
    [
      ["Floodgate", "chunksStarted", "service", "plan-redrive", "Sum"],
      ["Floodgate", "chunksLeft", "service", "plan-redrive", "Maximum"],
      ["Floodgate", "heldBack", "service", "plan-redrive", "Sum"],
    ],
  ],
  ["Priority map", [["Floodgate", "mapAgeSeconds", "service", "transform-records", "Maximum"]]],
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
      metrics: metrics.map(([namespace, metric, dimension, of, stat]) => [
        namespace,
        metric,
        dimension,
        names[of] ?? "",
        { stat },
      ]),
    },
  })),
});
