import type { Clock } from "../../clock.ts";
import { nameOf, randomId } from "../../text.ts";
import type { Functions } from "../functions.ts";
import type { Invocation } from "../invocation.ts";
import { parameterOf, type StreamRecord } from "./stream-settings.ts";

const pauseBetweenRetries = 1000;

/** What a stream's transform is invoked with and by. */
interface Transform {
  readonly name: string;
  /** Parameters of the processor. */
  readonly transform: ReadonlyMap<string, string>;
  readonly functions: Functions;
  readonly clock: Clock;
  /** Whether a failed batch is tried again in two halves; set by simulations. */
  readonly cutsOnRetry: () => boolean;
}

/** Records that were transformed together, with what came of the last try. */
interface TransformedBatch {
  readonly records: ReadonlyArray<StreamRecord>;
  readonly result: Invocation;
  readonly tries: number;
}

const eventOf = (name: string, records: ReadonlyArray<StreamRecord>) => ({
  invocationId: randomId(),
  deliveryStreamArn: `arn:aws:firehose:local:123456789012:deliverystream/${name}`,
  region: "local",
  records: records.map(({ recordId, data, arrivedAt }) => ({
    recordId,
    approximateArrivalTimestamp: arrivedAt,
    data: data.toString("base64"),
  })),
});

/** Invokes the transform until it has an answer, or has been tried as often as the stream allows. */
export const transformBatch = async (
  of: Transform,
  records: ReadonlyArray<StreamRecord>,
  triedBefore = 0,
): Promise<ReadonlyArray<TransformedBatch>> => {
  const { name, transform, functions, clock, cutsOnRetry } = of;
  const arn = parameterOf(transform, "LambdaArn").replace(/:\$LATEST$/, "");
  const tries = Number(parameterOf(transform, "NumberOfRetries")) + 1;
  const event = eventOf(name, records);
  let result: Invocation = { _tag: "Throttled" };
  for (let tried = triedBefore; tried < tries; tried += 1) {
    if (tried > triedBefore && records.length > 1 && cutsOnRetry()) {
      const middle = Math.ceil(records.length / 2);
      const first = await transformBatch(of, records.slice(0, middle), tried);
      return [...first, ...(await transformBatch(of, records.slice(middle), tried))];
    }
    if (tried > 0) await new Promise<void>((resolve) => void clock.after(pauseBetweenRetries, resolve));
    result = await functions.invoke(nameOf(arn), event);
    if (result._tag === "Returned") break;
  }
  return [{ records, result, tries }];
};
