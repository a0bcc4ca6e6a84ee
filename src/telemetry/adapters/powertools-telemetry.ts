import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Telemetry } from "../ports.ts";

const metricNamespace = "Floodgate";

/** Structured logs and EMF metrics on standard output, where CloudWatch reads both. */
export const powertoolsTelemetry = (functionName: string): Telemetry => {
  const logger = new Logger({ serviceName: functionName });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: functionName });
  return {
    info: (message, fields) => () => logger.info(message, { ...fields }),
    warn: (message, fields) => () => logger.warn(message, { ...fields }),
    count: (counts) => () => {
      for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
      metrics.publishStoredMetrics();
    },
  };
};
