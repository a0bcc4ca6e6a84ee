import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Telemetry } from "../ports.ts";

const metricNamespace = "Floodgate";

interface TelemetryEnvironment {
  readonly AWS_LAMBDA_FUNCTION_NAME: string;
  /** `WARN` leaves out what is only for the record; absent: all. */
  readonly LOG_LEVEL?: string;
}

/**
 * Structured logs and EMF metrics on standard output, where CloudWatch reads both. The level is kept here: Lambda's own
 * filter would take the metrics, which have no level, for less than a warning.
 */
export const powertoolsTelemetry = ({
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  LOG_LEVEL,
}: TelemetryEnvironment): Telemetry => {
  const isQuiet = LOG_LEVEL === "WARN";
  const logger = new Logger({ serviceName: functionName });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: functionName });
  return {
    info: (message, fields) => () => {
      if (!isQuiet) logger.info(message, { ...fields });
    },
    warn: (message, fields) => () => logger.warn(message, { ...fields }),
    count: (counts) => () => {
      for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
      metrics.publishStoredMetrics();
    },
  };
};
