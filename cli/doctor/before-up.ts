import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as E from "fp-ts/lib/Either.js";
import { nameMistake } from "../../infra/configuration/mistake.ts";
import { readConfiguration } from "../../infra/configuration/read-configuration.ts";
import { firehoseMebibytes } from "../../infra/configuration/regional-quotas.ts";
import type { Configuration } from "../../infra/configuration/schema.ts";
import { leastUnreserved, peakMebibytes, reservedConcurrencyOf } from "../../infra/configuration/sizing.ts";
import { stackConfiguration } from "../stack/stack-configuration.ts";
import { type Finding, ok, problem, problemOf, warning } from "./check.ts";

const concurrency = "Lambda concurrency";
const stream = "delivery stream";

/** `free`: what nobody has reserved yet. */
const checkConcurrency = (configuration: Configuration, quota: number, free: number): Finding => {
  const reserved = reservedConcurrencyOf(configuration);
  const least = Math.min(quota, leastUnreserved);
  const found = `the account has ${quota}, of which ${free} are unreserved; the stack reserves ${reserved}`;
  if (free - reserved < least) {
    return problem(
      concurrency,
      `${found}, and ${least} have to stay`,
      `Ask AWS for ${quota - free + reserved + leastUnreserved} (Service Quotas, AWS Lambda, "Concurrent executions"), or set floodgate:lambda {reserveConcurrency: false}.`,
    );
  }
  return reserved === 0 && free < configuration.processing.maximumConcurrency * 2
    ? warning(
        concurrency,
        found,
        "Enough to try things on. For a campaign ask AWS for more: other functions of the account share it.",
      )
    : ok(concurrency, found);
};

const checkStream = (configuration: Configuration, region: string): Finding => {
  const quota = configuration.delivery.quotaMebibytesPerSecond;
  const usual = firehoseMebibytes(region);
  const found = `${quota} MiB/s in ${region}, for a peak of ${peakMebibytes(configuration).toFixed(2)}`;
  return quota > usual
    ? warning(
        stream,
        found,
        `AWS gives ${usual} MiB/s there by itself: has it granted more (Service Quotas, Amazon Data Firehose)?`,
      )
    : ok(stream, found);
};

/** Compares a stack that is not there yet with its account; makes nothing. `endpoint`: of a local cloud. */
export const checkBeforeUp = async (
  stack: string,
  pairs: ReadonlyArray<string>,
  settings?: object,
): Promise<ReadonlyArray<Finding>> => {
  const values = stackConfiguration(stack, pairs);
  const region = values["aws:region"] ?? "";
  const read = readConfiguration(values);
  if (E.isLeft(read)) {
    return read.left.map((mistake) => problem("configuration", nameMistake(mistake), mistake.fix));
  }
  const ofStream = checkStream(read.right, region);
  try {
    const client = new LambdaClient(settings ?? { region });
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const quota = AccountLimit?.ConcurrentExecutions ?? 0;
    return [checkConcurrency(read.right, quota, AccountLimit?.UnreservedConcurrentExecutions ?? quota), ofStream];
  } catch (error) {
    return [problemOf(concurrency, error, "The command needs lambda:GetAccountSettings."), ofStream];
  }
};
