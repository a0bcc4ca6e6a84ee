import { writeFileSync } from "node:fs";
import * as E from "fp-ts/lib/Either.js";
import { readConfiguration } from "../../infra/configuration/read-configuration.ts";
import { sizingOf } from "../../infra/configuration/sizing.ts";
import { plan } from "../../infra/plan/plan.ts";
import type { PlannedResource } from "../../infra/plan/planned-resource.ts";
import { type Command, exitCode, readOptions } from "../command.ts";
import { secretKeysOf, stackConfiguration } from "../stack/stack-configuration.ts";
import { counted, duration, number, say, table } from "../terminal.ts";

/** What AWS bills, and for what; everything else of a plan is free. */
const billed: Readonly<Record<string, string>> = {
  "aws:athena/workgroup:Workgroup": "per TB scanned",
  "aws:cloudwatch/dashboard:Dashboard": "per month",
  "aws:cloudwatch/eventArchive:EventArchive": "per GB archived",
  "aws:cloudwatch/logGroup:LogGroup": "per GB logged",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "per month",
  "aws:dynamodb/table:Table": "per read, write and GB",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "per GB, 5 KB a record at least",
  "aws:lambda/function:Function": "per invocation and time",
  "aws:s3/bucket:Bucket": "per GB and request",
  "aws:secretsmanager/secret:Secret": "per month",
  "aws:sfn/stateMachine:StateMachine": "per execution and time",
  "aws:sqs/queue:Queue": "per request",
};

/** Components group resources and are nothing in AWS. */
const isReal = ({ type }: PlannedResource): boolean => type.startsWith("aws:");

const shortType = (type: string): string => type.replace(/^aws:/, "").replace(/\/[^:]+:/, " ");

const mostNames = 60;

const namesOf = (members: ReadonlyArray<PlannedResource>): string => {
  const names = members.map(({ name }) => name).join(", ");
  return names.length <= mostNames ? names : `${names.slice(0, mostNames).replace(/,[^,]*$/, "")}, ...`;
};

const grouped = (resources: ReadonlyArray<PlannedResource>): string => {
  const groups = Map.groupBy(resources.filter(isReal), ({ type }) => type);
  return table([
    ["resource", "count", "billed", "names"],
    ...[...groups].map(([type, members]) => [
      shortType(type),
      number(members.length),
      billed[type] ?? "",
      namesOf(members),
    ]),
  ]);
};

const summary = (resources: ReadonlyArray<PlannedResource>): string => {
  const real = resources.filter(isReal);
  const costly = real.filter(({ type }) => billed[type] !== undefined);
  return `  ${number(real.length)} resources; ${number(costly.length)} of them are billed, alarms and the dashboard also when nothing happens`;
};

/** What follows from the expected volume; nothing where the configuration has mistakes, which the program names. */
const sizing = (configuration: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const read = readConfiguration(configuration);
  if (E.isLeft(read)) return [];
  const { eventsPerMinute, peakEventsPerMinute, eventKilobytes } = read.right.expected;
  const { bufferSeconds, shards, freshnessSeconds, objectsPerDay, bytesPerObject, dollarsPerMonth } = sizingOf(
    read.right,
  );
  return [
    "",
    `  expected: ${number(eventsPerMinute)} events a minute, ${number(peakEventsPerMinute)} in a peak, ${eventKilobytes} KiB each (floodgate:expected)`,
    `  objects are written after ${bufferSeconds} s, in ${counted(shards, "shard")}: events lie in S3 within ${duration(freshnessSeconds * 1000)}; at most ${number(objectsPerDay)} objects a day,`,
    `  about ${number(Math.ceil(bytesPerObject / 1024))} KiB each on average; their requests cost $${dollarsPerMonth.toFixed(2)} a month`,
  ];
};

export const command: Command = {
  summary: "evaluate the program offline and print what it declares",
  help: `
Usage: npx floodgate plan [--stack NAME] [--config KEY=VALUE ...] [--json]

  --stack NAME         whose Pulumi.NAME.yaml to read (default: dev)
  --config KEY=VALUE   a configuration value instead of the file's, as JSON or text; may be repeated
  --write-outputs F    also write the stack's outputs to a file, as a deployed stack would give them
  --json               an array of {"type", "name", "inputs"}; secrets as "[secret]"

Example: npx floodgate plan --config 'floodgate:processing={"batchSize":10}'
`,
  run: async (args) => {
    const options = readOptions(args, {
      stack: { type: "string", default: "dev" },
      config: { type: "string", multiple: true, default: [] },
      "write-outputs": { type: "string" },
      json: { type: "boolean", default: false },
    });
    const configuration = stackConfiguration(options.stack, options.config);
    const { resources, outputs } = await plan({
      stack: options.stack,
      configuration,
      secretKeys: secretKeysOf(options.stack, options.config),
    });
    const outputsFile = options["write-outputs"];
    if (outputsFile !== undefined) writeFileSync(outputsFile, `${JSON.stringify(outputs, null, 2)}\n`);
    if (options.json) say(JSON.stringify(resources));
    else say([grouped(resources), "", summary(resources), ...sizing(configuration)].join("\n"));
    return exitCode.done;
  },
};
