import { gzipSync } from "node:zlib";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type PlannedResource } from "../plan.ts";
import { randomId } from "../text.ts";
import {
  errorLine,
  expandPrefix,
  parameterOf,
  parametersOf,
  quotaTag,
  StreamInputs,
  type StreamRecord,
} from "./firehose/stream-settings.ts";
import { transformBatch } from "./firehose/transform-batch.ts";
import type { Functions } from "./functions.ts";
import type { Objects } from "./objects.ts";
import { slowDown, streamQuota } from "./quotas/stream-quota.ts";

/*
 * A Firehose delivery stream (direct PUT, dynamic partitioning): records are buffered for the transform by size and
 * time; a failed invocation is tried again NumberOfRetries times, then the whole batch goes to the error prefix; of an
 * answer, `Ok` records are buffered per partition by size and time and written as one object, `Dropped` ones leave no
 * trace, everything else goes to the error prefix; so do records beyond the quota of active partitions (Firehose
 * Developer Guide: data transformation, dynamic partitioning, quotas; API reference PutRecordBatch).
 * A call or a record beyond the stream's quota is refused (quotas/stream-quota.ts).
 * Left out: order and time of retries to S3, formats other than GZIP, several buffers
 * a partition, CloudWatch logs.
 */

const Transformed = t.type({
  records: t.array(
    t.intersection([
      t.type({ recordId: t.string, result: t.string }),
      t.partial({ data: t.string, metadata: t.type({ partitionKeys: t.record(t.string, t.string) }) }),
    ]),
  ),
});

const megabyte = 1024 * 1024;
const activePartitionQuota = 500;

/** Records that wait for size or time. */
interface Waiting {
  readonly records: StreamRecord[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
}

type Answer = { readonly RecordId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

export class DeliveryStream {
  readonly name: string;
  readonly bucket: string;
  private readonly settings: t.TypeOf<typeof StreamInputs>["extendedS3Configuration"];
  private readonly transform: ReadonlyMap<string, string>;
  private readonly delimiter: string;
  private readonly functions: Functions;
  private readonly objects: Objects;
  private readonly clock: Clock;
  private readonly quota: ReturnType<typeof streamQuota>;
  private untransformed: Waiting | undefined;
  private readonly partitions = new Map<string, Waiting>();
  private readonly underTransform = new Set<ReadonlyArray<StreamRecord>>();
  private objectNumber = 0;

  constructor(resource: PlannedResource, functions: Functions, objects: Objects, clock: Clock) {
    this.name = resource.name;
    const { extendedS3Configuration, tags } = inputsOf(StreamInputs, resource);
    this.settings = extendedS3Configuration;
    this.quota = streamQuota(Number(tags[quotaTag]), clock);
    this.bucket = this.settings.bucketArn.slice("arn:aws:s3:::".length);
    const { processors } = this.settings.processingConfiguration;
    this.transform = parametersOf(processors, "Lambda");
    this.delimiter = parametersOf(processors, "AppendDelimiterToRecord").get("Delimiter")?.replace("\\n", "\n") ?? "";
    this.functions = functions;
    this.objects = objects;
    this.clock = clock;
  }

  /** Whether a buffer is transformed in two invocations at the same time, as by Firehose with several of them. */
  transformsApart: () => boolean = () => false;
  /** For people who watch: what becomes of a record. */
  onRecord: (data: Buffer, what: string) => void = () => undefined;

  /** What a record is answered that the stream does not take; set by tests and outages. */
  refuse: (data: string) => { readonly ErrorCode: string; readonly ErrorMessage: string } | undefined = () => undefined;

  /** Whether a failed batch is tried again in two halves; set by simulations. */
  cutsOnRetry: () => boolean = () => false;

  /** The entries of PutRecordBatch's answer; undefined: the call itself is one too many. */
  offerAll(records: ReadonlyArray<string>): ReadonlyArray<Answer> | undefined {
    return this.quota.takesCall() ? records.map((data) => this.offer(data)) : undefined;
  }

  offer(data: string): Answer {
    const refusal = this.refuse(data);
    if (refusal !== undefined) return refusal;
    return this.quota.takesRecord(Buffer.byteLength(data, "base64")) ? { RecordId: this.put(data) } : slowDown;
  }

  /** Takes a record (base64) and answers its recordId. */
  private put(data: string): string {
    const record = { recordId: randomId(), data: Buffer.from(data, "base64"), arrivedAt: this.clock.now() };
    const waiting =
      this.untransformed ?? this.openBuffer(Number(parameterOf(this.transform, "BufferIntervalInSeconds")));
    this.untransformed = waiting;
    waiting.records.push(record);
    this.onRecord(record.data, "handed to Firehose");
    waiting.bytes += record.data.length;
    if (waiting.bytes >= Number(parameterOf(this.transform, "BufferSizeInMBs")) * megabyte) this.flushUntransformed();
    return record.recordId;
  }

  /** What is neither written nor dropped yet. */
  held(): ReadonlyArray<Buffer> {
    const waiting = [this.untransformed, ...this.partitions.values()].flatMap((each) => each?.records ?? []);
    return [...waiting, ...[...this.underTransform].flat()].map(({ data }) => data);
  }

  heldCount(): number {
    const waiting = [this.untransformed, ...this.partitions.values()].map((each) => each?.records ?? []);
    return [...waiting, ...this.underTransform].reduce((sum, { length }) => sum + length, 0);
  }

  private openBuffer(seconds: number): Waiting {
    return { records: [], bytes: 0, timer: this.clock.after(seconds * 1000, () => this.flushUntransformed()) };
  }

  private flushUntransformed(): void {
    const waiting = this.untransformed;
    if (waiting === undefined) return;
    this.clock.cancel(waiting.timer);
    this.untransformed = undefined;
    this.underTransform.add(waiting.records);
    const { records } = waiting;
    const parts = this.transformsApart()
      ? [records.filter((_, index) => index % 2 === 0), records.filter((_, index) => index % 2 === 1)]
      : [records];
    const transformed = parts.filter(({ length }) => length > 0).map((part) => this.transformed(part));
    void Promise.all(transformed).then(() => this.underTransform.delete(records));
  }

  private async transformed(records: ReadonlyArray<StreamRecord>): Promise<void> {
    const { name, transform, functions, clock, cutsOnRetry } = this;
    const batches = await transformBatch({ name, transform, functions, clock, cutsOnRetry }, records);
    for (const { records: batch, result, tries } of batches) {
      if (result._tag === "Returned") this.sort(batch, result.payload);
      else this.reject(batch, "processing-failed", "Lambda.InvocationFailed", tries);
    }
  }

  private sort(records: ReadonlyArray<StreamRecord>, payload: unknown): void {
    const answers = Transformed.is(payload) ? Map.groupBy(payload.records, ({ recordId }) => recordId) : new Map();
    for (const record of records) {
      const [answer, ...more] = answers.get(record.recordId) ?? [];
      if (answer === undefined) this.reject([record], "processing-failed", "Lambda.MissingRecordId", 1);
      else if (more.length > 0) this.reject([record], "processing-failed", "Lambda.DuplicatedRecordId", 1);
      else if (answer.result === "Dropped") this.onRecord(record.data, "dropped by admission");
      else if (answer.result !== "Ok" || answer.data === undefined)
        this.reject([record], "processing-failed", "Lambda.ProcessingFailedStatus", 1);
      else this.partition({ ...record, data: Buffer.from(answer.data, "base64") }, answer.metadata?.partitionKeys);
    }
  }

  private partition(record: StreamRecord, keys: Readonly<Record<string, string>> | undefined): void {
    const prefix = expandPrefix(this.settings.prefix, keys ?? {}, this.clock.now());
    if (prefix === undefined) this.reject([record], "metadata-extraction-failed", "DynamicPartitioning", 1);
    else if (!this.partitions.has(prefix) && this.partitions.size >= activePartitionQuota) {
      this.reject([record], "active-partition-exceeded", "DynamicPartitioning.ActivePartitionsLimitExceeded", 1);
    } else this.bufferInPartition(record, prefix);
  }

  private bufferInPartition(record: StreamRecord, prefix: string): void {
    const waiting = this.partitions.get(prefix) ?? {
      records: [],
      bytes: 0,
      timer: this.clock.after(this.settings.bufferingInterval * 1000, () => this.write(prefix)),
    };
    this.partitions.set(prefix, waiting);
    waiting.records.push(record);
    waiting.bytes += record.data.length + this.delimiter.length;
    if (waiting.bytes >= this.settings.bufferingSize * megabyte) this.write(prefix);
  }

  private write(prefix: string): void {
    const waiting = this.partitions.get(prefix);
    if (waiting === undefined) return;
    this.clock.cancel(waiting.timer);
    this.partitions.delete(prefix);
    const body = waiting.records.map(({ data }) => `${data.toString("utf8")}${this.delimiter}`).join("");
    const key = `${prefix}${this.objectName()}${this.settings.fileExtension}`;
    this.objects.put(this.bucket, key, gzipSync(body));
    for (const { data } of waiting.records) this.onRecord(data, `delivered: ${key}`);
  }

  private reject(records: ReadonlyArray<StreamRecord>, type: string, errorCode: string, tries: number): void {
    const now = this.clock.now();
    const prefix = expandPrefix(
      this.settings.errorOutputPrefix.replace("!{firehose:error-output-type}", type),
      {},
      now,
    );
    for (const { data } of records) this.onRecord(data, `given up by Firehose: ${type}`);
    const lines = records.map((record) => errorLine(record, errorCode, tries, now));
    this.objects.put(this.bucket, `${prefix}${this.objectName()}.gz`, gzipSync(`${lines.join("\n")}\n`));
  }

  private objectName(): string {
    this.objectNumber += 1;
    const time = new Date(this.clock.now()).toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");
    return `${this.name}-1-${time}-${String(this.objectNumber).padStart(6, "0")}`;
  }
}
