import * as t from "io-ts";

const Processor = t.type({
  type: t.string,
  parameters: t.array(t.type({ parameterName: t.string, parameterValue: t.string })),
});
type Processor = t.TypeOf<typeof Processor>;

/** The tag by which the program says what quota AWS has granted: no property of a stream has it. */
export const quotaTag = "quotaMebibytesPerSecond";

/** What a plan says of a delivery stream. */
export const StreamInputs = t.type({
  tags: t.type({ [quotaTag]: t.string }),
  extendedS3Configuration: t.type({
    bucketArn: t.string,
    bufferingSize: t.number,
    bufferingInterval: t.number,
    compressionFormat: t.literal("GZIP"),
    fileExtension: t.string,
    prefix: t.string,
    errorOutputPrefix: t.string,
    processingConfiguration: t.type({ processors: t.array(Processor) }),
  }),
});

export const parametersOf = (processors: ReadonlyArray<Processor>, type: string): ReadonlyMap<string, string> =>
  new Map(
    processors
      .filter((processor) => processor.type === type)
      .flatMap(({ parameters }) => parameters.map((each) => [each.parameterName, each.parameterValue] as const)),
  );

export const parameterOf = (parameters: ReadonlyMap<string, string>, name: string): string => {
  const value = parameters.get(name);
  if (value === undefined) throw new Error(`the delivery stream has no parameter ${name}`);
  return value;
};

const datePart: Readonly<Record<string, (iso: string) => string>> = {
  "yyyy-MM-dd": (iso) => iso.slice(0, 10),
};

/** Fills a prefix expression; `undefined` when a partition key is missing or empty. */
export const expandPrefix = (
  prefix: string,
  keys: Readonly<Record<string, string>>,
  now: number,
): string | undefined => {
  const iso = new Date(now).toISOString();
  const missing: string[] = [];
  const expanded = prefix.replaceAll(/!\{(\w+):([^}]+)\}/g, (expression, namespace: string, name: string) => {
    const value = namespace === "timestamp" ? datePart[name]?.(iso) : keys[name];
    if (namespace !== "timestamp" && namespace !== "partitionKeyFromLambda") {
      throw new Error(`the model does not know ${expression}`);
    }
    if (value === undefined || value === "") missing.push(name);
    return value ?? "";
  });
  return missing.length > 0 ? undefined : expanded;
};

export interface StreamRecord {
  readonly recordId: string;
  readonly data: Buffer;
  readonly arrivedAt: number;
}

/** A line of an object under the error prefix, as Firehose writes what it has given up on (Developer Guide). */
export const errorLine = (
  { data, arrivedAt }: StreamRecord,
  errorCode: string,
  attemptsMade: number,
  now: number,
): string =>
  JSON.stringify({
    attemptsMade,
    arrivalTimestamp: arrivedAt,
    errorCode,
    errorMessage: errorCode,
    attemptEndingTimestamp: now,
    rawData: data.toString("base64"),
  });
