import * as t from "io-ts";

/** A number as environment variables carry it. */
const NumberFromText = new t.Type<number, string, unknown>(
  "NumberFromText",
  t.number.is,
  (value, context) => {
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? t.success(number) : t.failure(value, context);
  },
  String,
);

/** What the Lambda runtime itself provides; `AWS_ENDPOINT_URL` is set only where the cloud is a local one. */
export const RuntimeEnvironment = t.intersection(
  [
    t.type({
      AWS_REGION: t.string,
      AWS_LAMBDA_FUNCTION_NAME: t.string,
      AWS_ACCESS_KEY_ID: t.string,
      AWS_SECRET_ACCESS_KEY: t.string,
    }),
    t.partial({ AWS_SESSION_TOKEN: t.string, AWS_ENDPOINT_URL: t.string }),
  ],
  "RuntimeEnvironment",
);
export type RuntimeEnvironment = t.TypeOf<typeof RuntimeEnvironment>;

/** What the program has to give process-batch. */
export const ProcessBatchEnvironment = t.type(
  {
    DELIVERIES_TABLE: t.string,
    FAILED_EVENTS_TABLE: t.string,
    BUCKET: t.string,
    DELIVERY_STREAM: t.string,
  },
  "ProcessBatchEnvironment",
);

/** What the program has to give transform-records. */
export const TransformRecordsEnvironment = t.type({ SHARDS: NumberFromText }, "TransformRecordsEnvironment");

/** The variables that a function needs, as infra has to supply them; one forgotten does not compile. */
export type VariablesOf<C extends t.Any> = { readonly [K in keyof t.OutputOf<C>]: t.OutputOf<C>[K] };
