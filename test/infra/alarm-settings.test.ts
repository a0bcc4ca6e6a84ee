import { describe, expect, it } from "vitest";
import { devPlan } from "../support/local-run.ts";

const signs: Readonly<Record<string, string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: ">=",
  LessThanThreshold: "<",
};

/*
 * When each alarm rings, as one line: a statistic that hides every second failure, a period that is too long or a
 * threshold of another unit is a mistake that no run shows, for CloudWatch is not simulated.
 */
const settings: ReadonlyArray<string> = [
  "backlog: Maximum of ApproximateNumberOfMessagesVisible > 100000, 1 x 300 s",
  "backlog-age: Maximum of ApproximateAgeOfOldestMessage > 900, 1 x 300 s",
  "breaker-open: Minimum of breakersOpen > 0, 1 x 300 s",
  "buffer-expires: Maximum of ApproximateAgeOfOldestMessage > 259200, 1 x 3600 s",
  "compaction-failed-ExecutionsFailed: Sum of ExecutionsFailed > 0, 1 x 86400 s",
  "compaction-failed-ExecutionsTimedOut: Sum of ExecutionsTimedOut > 0, 1 x 86400 s",
  "dead-letters-buffer-dead-letters-ApproximateNumberOfMessagesNotVisible: Maximum of ApproximateNumberOfMessagesNotVisible > 0, 3 x 300 s",
  "dead-letters-buffer-dead-letters-ApproximateNumberOfMessagesVisible: Maximum of ApproximateNumberOfMessagesVisible > 0, 3 x 300 s",
  "dead-letters-target-dead-letters-ApproximateNumberOfMessagesNotVisible: Maximum of ApproximateNumberOfMessagesNotVisible > 0, 3 x 300 s",
  "dead-letters-target-dead-letters-ApproximateNumberOfMessagesVisible: Maximum of ApproximateNumberOfMessagesVisible > 0, 3 x 300 s",
  "delivery-age: Maximum of DeliveryToS3.DataFreshness > 1800, 1 x 300 s",
  "error-objects: Maximum of errorObjects > 0, 1 x 300 s",
  "genesys-refused: Sum of retrying.genesysRefused > 0, 1 x 300 s",
  "genesys-unavailable: Sum of retrying.genesysUnavailable > 0, 3 x 300 s",
  "held-back: Sum of heldBack >= 9, 1 x 600 s",
  "malformed: Average of malformedPercent > 2, 1 x 900 s",
  "map-age: Maximum of mapAgeSeconds > 604800, 1 x 3600 s",
  "map-missing: Sum of mapUnavailable > 0, 4 x 900 s",
  "parked-deliver-failed-events: Sum of parked.wellFormed > 0, 1 x 300 s",
  "parked-park-dead-letters: Sum of parked.wellFormed > 0, 1 x 300 s",
  "parked-process-batch: Sum of parked.wellFormed > 0, 1 x 300 s",
  "partitions-exceeded: Maximum of PartitionCountExceeded > 0, 1 x 300 s",
  "process-batch-errors: Sum of Errors > 0, 1 x 300 s",
  "processing-failures: Average of ExecuteProcessing.Success < 1, 1 x 300 s",
  "redrive-failed-ExecutionsFailed: Sum of ExecutionsFailed > 0, 2 x 300 s",
  "redrive-failed-ExecutionsTimedOut: Sum of ExecutionsTimedOut > 0, 2 x 300 s",
  "redrive-stopped: SampleCount of heldBack < 1, 1 x 600 s, silence rings too",
  "refresh-failures-ExecutionsFailed: Sum of ExecutionsFailed > 0, 1 x 3600 s",
  "refresh-failures-ExecutionsTimedOut: Sum of ExecutionsTimedOut > 0, 1 x 3600 s",
  "retries-growing: Maximum of chunksLeft > 0, 3 x 300 s",
  "retry-failed-ExecutionsFailed: Sum of ExecutionsFailed > 0, 3 x 300 s",
  "retry-failed-ExecutionsTimedOut: Sum of ExecutionsTimedOut > 0, 3 x 300 s",
  "runs-missed: Sum of NumberOfMessagesSent > 2, 1 x 86400 s",
  "sealed: Sum of parked.sealed > 0, 1 x 300 s",
  "set-aside: Average of setAsidePercent > 50, 1 x 900 s",
  "silence: Maximum of silentMinutes >= 60, 1 x 300 s",
  "stream-throttled: Sum of ThrottledRecords > 0, 3 x 300 s",
  "target-failures: Sum of FailedInvocations > 0, 1 x 300 s",
  "target-lost: Sum of InvocationsFailedToBeSentToDlq > 0, 1 x 300 s",
  "throttles-process-batch: Sum of Throttles > 0, 1 x 300 s",
  "throttles-transform-records: Sum of Throttles > 0, 1 x 300 s",
  "transform-errors: Sum of Errors > 0, 1 x 300 s",
  "unreadable-records: Sum of unreadable > 0, 1 x 300 s",
];

describe("alarms", () => {
  it("ring by these statistics, periods and thresholds, and are silent about what is missing but for one", async () => {
    const plan = await devPlan(
      'floodgate:alarms={"setAsidePercent":50,"silence":{"minutes":60}}',
      'floodgate:querying={"parquet":true}',
    );
    const lines = plan.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name, inputs }) => {
      const { statistic, metricName, comparisonOperator, threshold, evaluationPeriods, period } = inputs;
      const silence = inputs["treatMissingData"] === "notBreaching" ? "" : ", silence rings too";
      const sign = signs[String(comparisonOperator)];
      return `${name}: ${statistic} of ${metricName} ${sign} ${threshold}, ${evaluationPeriods} x ${period} s${silence}`;
    });
    expect(lines).toStrictEqual(settings);
  });

  it("have their metrics also where functions log warnings only: a metric is a line without a level", async () => {
    const plan = await devPlan('floodgate:lambda={"logLevel":"WARN"}');
    const functions = plan.ofType("aws:lambda/function:Function").map(({ name, inputs }) => {
      const { loggingConfig, environment } = inputs as {
        readonly loggingConfig: { readonly applicationLogLevel: string };
        readonly environment: { readonly variables: Readonly<Record<string, string>> };
      };
      return [name, loggingConfig.applicationLogLevel, environment.variables["LOG_LEVEL"]];
    });
    expect(functions.length).toBeGreaterThan(5);
    expect(functions.filter(([, passed, logged]) => passed !== "INFO" || logged !== "WARN")).toStrictEqual([]);
  });
});
