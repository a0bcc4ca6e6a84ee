import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type PlannedResource } from "../plan.ts";
import { nameOf } from "../text.ts";
import { type MessageBuffer, receiptHandle, type StoredMessage } from "./buffer.ts";
import type { Functions } from "./functions.ts";
import { type Invocation, maximumPayloadBytes } from "./invocation.ts";

/*
 * A Lambda event source mapping on SQS: collects a batch until it is full, its window ends or it reaches 6 MB, and
 * invokes with at most the maximum concurrency. What the function does not report as failed is deleted. An answer
 * that breaks the rules of partial responses, an error or a throttle leaves the whole batch in the queue until its
 * visibility timeout ends (Lambda Developer Guide, "Using Lambda with Amazon SQS", and its success and failure list).
 * Left out: how pollers scale up, several batches collected side by side, filters, provisioned pollers.
 */

const MappingInputs = t.intersection([
  t.type({
    eventSourceArn: t.string,
    functionName: t.string,
    batchSize: t.number,
    scalingConfig: t.type({ maximumConcurrency: t.number }),
  }),
  t.partial({
    functionResponseTypes: t.array(t.string),
    enabled: t.boolean,
    maximumBatchingWindowInSeconds: t.number,
  }),
]);

/** What Lambda adds to a message in an event: receipt handle, attributes, ARNs. */
const metadataBytes = 900;

const weightOf = ({ body }: StoredMessage): number => Buffer.byteLength(JSON.stringify(body)) + metadataBytes;

const Report = t.type({ batchItemFailures: t.array(t.type({ itemIdentifier: t.string })) });

interface OpenBatch {
  readonly messages: StoredMessage[];
  bytes: number;
  timer: NodeJS.Timeout | undefined;
}

export class EventSourceMapping {
  readonly name: string;
  readonly eventSourceArn: string;
  readonly functionName: string;
  enabled: boolean;
  /** When it was last switched on or off. */
  changedAt: number;
  readonly buffer: MessageBuffer;
  private readonly functions: Functions;
  private readonly clock: Clock;
  private readonly inputs: t.TypeOf<typeof MappingInputs>;
  private open: OpenBatch = { messages: [], bytes: 0, timer: undefined };
  private running = 0;
  private readonly inHand = new Set<ReadonlyArray<StoredMessage>>();

  constructor(
    resource: PlannedResource,
    buffers: ReadonlyMap<string, MessageBuffer>,
    functions: Functions,
    clock: Clock,
  ) {
    this.inputs = inputsOf(MappingInputs, resource);
    const buffer = buffers.get(nameOf(this.inputs.eventSourceArn));
    if (buffer === undefined) throw new Error(`the mapping ${resource.name} reads a queue that is not declared`);
    this.functionName = nameOf(this.inputs.functionName);
    this.name = resource.name;
    this.eventSourceArn = this.inputs.eventSourceArn;
    this.enabled = this.inputs.enabled ?? true;
    this.changedAt = clock.now();
    this.buffer = buffer;
    this.functions = functions;
    this.clock = clock;
    buffer.onMessage(() => this.collect());
  }

  /** How many batches are processed now, and how many may be. */
  load(): { readonly running: number; readonly ceiling: number } {
    return { running: this.running, ceiling: this.inputs.scalingConfig.maximumConcurrency };
  }

  /** Messages that an invocation has now; what else was received and is hidden waits, as what is visible does. */
  inHandIds(): ReadonlyArray<string> {
    return [...this.inHand].flatMap((messages) => messages.map(({ messageId }) => messageId));
  }

  /** As Lambda names it; the seconds in which a change takes effect are left out. */
  get state(): "Enabled" | "Disabled" {
    return this.enabled ? "Enabled" : "Disabled";
  }

  setEnabled(enabled: boolean): void {
    this.changedAt = this.enabled === enabled ? this.changedAt : this.clock.now();
    this.enabled = enabled;
    this.collect();
  }

  /** Fills the open batch from the buffer, and invokes as often as it is full and there is room. */
  private collect(): void {
    while (this.enabled && this.running < this.inputs.scalingConfig.maximumConcurrency) {
      const room = maximumPayloadBytes - this.open.bytes;
      const received = this.buffer.receive(this.inputs.batchSize - this.open.messages.length, room, weightOf);
      for (const message of received) {
        this.open.messages.push(message);
        this.open.bytes += weightOf(message);
      }
      if (this.open.messages.length === 0) return;
      const isFull = this.open.messages.length === this.inputs.batchSize || this.buffer.visibleCount() > 0;
      const windowSeconds = this.inputs.maximumBatchingWindowInSeconds ?? 0;
      if (!isFull && windowSeconds > 0) {
        this.open.timer ??= this.clock.after(windowSeconds * 1000, () => this.dispatch());
        return;
      }
      this.dispatch();
    }
  }

  private dispatch(): void {
    const { messages, timer } = this.open;
    this.clock.cancel(timer);
    this.open = { messages: [], bytes: 0, timer: undefined };
    this.running += 1;
    this.inHand.add(messages);
    const handles = messages.map(receiptHandle);
    void this.functions
      .invoke(this.functionName, { Records: messages.map((message) => this.recordOf(message)) })
      .then((result) => {
        this.buffer.delete(this.succeeded(messages, handles, result));
        this.running -= 1;
        this.inHand.delete(messages);
        this.collect();
      });
  }

  private recordOf(message: StoredMessage) {
    const { messageId, body, sentAt, receives, attributes } = message;
    return {
      messageId,
      receiptHandle: receiptHandle(message),
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: "local",
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: "String" }]),
      ),
      eventSource: "aws:sqs",
      eventSourceARN: this.inputs.eventSourceArn,
      awsRegion: "local",
    };
  }

  /** The receipt handles that the answer allows to delete. */
  private succeeded(
    messages: ReadonlyArray<StoredMessage>,
    handles: ReadonlyArray<string>,
    result: Invocation,
  ): ReadonlyArray<string> {
    const all = messages.map(({ messageId }) => messageId);
    if (result._tag !== "Returned") return [];
    if (this.inputs.functionResponseTypes?.includes("ReportBatchItemFailures") !== true) return handles;
    const answer = result.payload;
    if (!t.UnknownRecord.is(answer) || (answer["batchItemFailures"] ?? null) === null) return handles;
    if (!Report.is(answer)) return [];
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const isKnown = [...failed].every((id) => all.includes(id));
    return isKnown ? handles.filter((_, index) => !failed.has(all[index] ?? "")) : [];
  }
}
