import { each, type Inputs, inputsOf, nameAtEnd, type PolicyCheck, types } from "./policy-check.ts";

const s3Of = (inputs: Inputs): Inputs => inputs.extendedS3Configuration;

const processor = (inputs: Inputs, type: string): Inputs =>
  s3Of(inputs).processingConfiguration.processors.find((given: Inputs) => given.type === type);

const parameter = (inputs: Inputs, type: string, name: string): string =>
  processor(inputs, type).parameters.find((given: Inputs) => given.parameterName === name).parameterValue;

const check = (name: string, isRight: Parameters<typeof each>[1]): PolicyCheck => ({
  name,
  violations: each(types.stream, isRight),
});

/** The delivery stream. */
export const streamChecks: ReadonlyArray<PolicyCheck> = [
  check(
    "a destination other than extended_s3 has no transform and no dynamic partitioning",
    ({ destination }) => destination === "extended_s3",
  ),
  check(
    "destination buffers below 64 MiB are refused with dynamic partitioning",
    (inputs) => s3Of(inputs).bufferingSize >= 64,
  ),
  check("destination buffers below 60 s make too many objects", (inputs) => s3Of(inputs).bufferingInterval >= 60),
  check("processor hints that are missing or at their default show a change in every preview", (inputs) => {
    const size = Number(parameter(inputs, "Lambda", "BufferSizeInMBs"));
    const seconds = Number(parameter(inputs, "Lambda", "BufferIntervalInSeconds"));
    return size !== 1 && seconds !== 60 && size > 0 && seconds > 0;
  }),
  check("a transform's buffer above 2 MB does not fit an invocation in base64", (inputs) => {
    return Number(parameter(inputs, "Lambda", "BufferSizeInMBs")) === 2;
  }),
  check(
    "a transform that waits for more than 61 s, or less than 15, delays events or is invoked for nothing",
    (inputs) => {
      const seconds = Number(parameter(inputs, "Lambda", "BufferIntervalInSeconds"));
      return seconds >= 15 && seconds <= 61;
    },
  ),
  check(
    "a transform that is named without a qualifier is refused",
    (inputs) =>
      nameAtEnd(parameter(inputs, "Lambda", "LambdaArn").replace(/:\$LATEST$/, "")) === "transform-records" &&
      parameter(inputs, "Lambda", "LambdaArn").endsWith(":$LATEST"),
  ),
  check(
    "a transform without retries gives a batch up at the first throttle",
    (inputs) => Number(parameter(inputs, "Lambda", "NumberOfRetries")) >= 10,
  ),
  check(
    "without a transform nothing is admitted, and nothing has a partition",
    (inputs) => s3Of(inputs).processingConfiguration.enabled === true,
  ),
  check(
    "without AppendDelimiterToRecord an object is one line that nobody can split",
    (inputs) => parameter(inputs, "AppendDelimiterToRecord", "Delimiter") === "\\n",
  ),
  check(
    "an error prefix with partition keys is refused",
    (inputs) => !s3Of(inputs).errorOutputPrefix.includes("partitionKey"),
  ),
  check("an error prefix without the type of error hides why, and one outside errors/ is found by nobody", (inputs) =>
    s3Of(inputs).errorOutputPrefix.startsWith("errors/!{firehose:error-output-type}/"),
  ),
  check("a prefix without partitionKeyFromLambda puts every event into one folder", (inputs) =>
    ["!{partitionKeyFromLambda:root}", "dt", "shard"].every((name, index) =>
      s3Of(inputs).prefix.includes(`${name}=!{partitionKeyFromLambda:${["type", "dt", "shard"][index]}}/`),
    ),
  ),
  check(
    "partition keys without dynamic partitioning are refused",
    (inputs) => s3Of(inputs).dynamicPartitioningConfiguration.enabled === true,
  ),
  check(
    "a stream that tries S3 for less than two hours gives records up in an outage",
    (inputs) => s3Of(inputs).dynamicPartitioningConfiguration.retryDuration === 7200,
  ),
  check(
    "objects that are not what their names say can be read by nobody",
    (inputs) => s3Of(inputs).compressionFormat === "GZIP" && s3Of(inputs).fileExtension === ".jsonl.gz",
  ),
  check("a stream that delivers to another bucket hides its events", (inputs, _, plan) => {
    const [bucket] = plan.ofType(types.bucket);
    return bucket !== undefined && s3Of(inputs).bucketArn === `arn:aws:s3:::floodgate-${bucket.name}`;
  }),
  check(
    "a stream without encryption keeps personal data in plain text",
    ({ serverSideEncryption }) =>
      serverSideEncryption.enabled === true && serverSideEncryption.keyType === "AWS_OWNED_CMK",
  ),
  check("a stream without logging fails without a word", (inputs, _, plan) => {
    const { enabled, logGroupName, logStreamName } = s3Of(inputs).cloudwatchLoggingOptions;
    const stream = inputsOf(plan, types.logStream, "delivery-stream");
    return enabled === true && stream.logGroupName === logGroupName && stream.name === logStreamName;
  }),
];
