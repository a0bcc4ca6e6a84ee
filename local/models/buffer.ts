import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type PlannedResource } from "../plan.ts";
import { nameOf, randomId } from "../text.ts";

/*
 * An SQS standard queue: a message that was received is hidden for the visibility timeout and comes back unless it is
 * deleted; what was received maxReceiveCount times goes to the dead-letter queue instead of being received again;
 * what is older than the retention is gone (SQS Developer Guide; API reference SendMessage: 1 MiB).
 * Left out: delays, FIFO, fair queues, long polling, encryption, the limit of 120,000 messages in flight.
 */

const QueueInputs = t.intersection([
  t.type({ messageRetentionSeconds: t.number, maxMessageSize: t.number }),
  t.partial({ visibilityTimeoutSeconds: t.number, redrivePolicy: t.string }),
]);

const RedrivePolicy = t.type({ deadLetterTargetArn: t.string, maxReceiveCount: t.number });

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  receives: number;
}

const defaultVisibilitySeconds = 30;

/** Messages that were handed out together, and when they come back unless they are deleted. */
interface Received {
  readonly time: number;
  readonly batch: ReadonlyArray<StoredMessage>;
  readonly handles: ReadonlyArray<string>;
}

export const receiptHandle = ({ messageId, receives }: StoredMessage): string => `${messageId}/${receives}`;

export class MessageBuffer {
  readonly name: string;
  /** Every message that was ever accepted, by messageId: what the ledger calls received. */
  readonly accepted = new Map<string, string>();
  private readonly inputs: t.TypeOf<typeof QueueInputs>;
  private readonly redrive: t.TypeOf<typeof RedrivePolicy> | undefined;
  private readonly clock: Clock;
  private visible: StoredMessage[] = [];
  private readonly hidden = new Map<string, StoredMessage>();
  private readonly buffers: ReadonlyMap<string, MessageBuffer>;
  /** How long a receive hides its messages, in milliseconds; set by simulations. */
  hidesFor: (milliseconds: number) => number = (milliseconds) => milliseconds;
  /** Whether a message comes once more although it was deleted, as a standard queue may do; set by simulations. */
  comesAgain: (messageId: string) => boolean = () => false;
  /** For people who watch. */
  onAccepted: (messageId: string, body: string) => void = () => undefined;
  /** How often a message was handed out, of all messages together. */
  handedOut = 0;
  private readonly received: Received[] = [];
  /** So many of `received` have come back; they are cut off now and then, because each cut moves all others. */
  private returned = 0;
  private timer: NodeJS.Timeout | undefined;
  private listener: () => void = () => undefined;

  /** `buffers`: all queues of the plan, among which its dead-letter queue is, perhaps later. */
  constructor(resource: PlannedResource, clock: Clock, buffers: ReadonlyMap<string, MessageBuffer>) {
    this.inputs = inputsOf(QueueInputs, resource);
    this.name = resource.name;
    this.clock = clock;
    this.buffers = buffers;
    const policy: unknown = JSON.parse(this.inputs.redrivePolicy ?? "null");
    this.redrive = RedrivePolicy.is(policy) ? policy : undefined;
  }

  onMessage(listener: () => void): void {
    this.listener = listener;
  }

  /** `undefined`: refused, because it is larger than the queue takes. */
  send(body: string, attributes: StoredMessage["attributes"] = {}): string | undefined {
    if (Buffer.byteLength(body) > this.inputs.maxMessageSize) return undefined;
    const message = { messageId: randomId(), body, sentAt: this.clock.now(), attributes, receives: 0 };
    this.accepted.set(message.messageId, body);
    this.onAccepted(message.messageId, body);
    this.visible.push(message);
    this.listener();
    return message.messageId;
  }

  /** Hands out up to `most` messages within `bytes` and hides them; each comes back by itself unless it is deleted. */
  receive(most: number, bytes: number, weightOf: (message: StoredMessage) => number): ReadonlyArray<StoredMessage> {
    const batch: StoredMessage[] = [];
    let size = 0;
    let taken = 0;
    for (const message of this.visible) {
      if (batch.length === most) break;
      const weight = weightOf(message);
      if (size + weight > bytes) break;
      taken += 1;
      if (this.isSpent(message)) continue;
      size += weight;
      message.receives += 1;
      this.handedOut += 1;
      this.hidden.set(message.messageId, message);
      batch.push(message);
    }
    this.visible = this.visible.slice(taken);
    const hiddenFor = this.hidesFor((this.inputs.visibilityTimeoutSeconds ?? defaultVisibilitySeconds) * 1000);
    if (batch.length > 0) {
      this.received.push({ time: this.clock.now() + hiddenFor, batch, handles: batch.map(receiptHandle) });
      this.waitForOldest();
    }
    return batch;
  }

  /** Only the handle of the last receive deletes: an older one belongs to a receive whose time is over. */
  delete(handles: ReadonlyArray<string>): void {
    for (const handle of handles) {
      const [messageId = ""] = handle.split("/");
      const message = this.hidden.get(messageId);
      if (message === undefined || receiptHandle(message) !== handle) continue;
      this.hidden.delete(messageId);
      if (this.comesAgain(messageId)) this.visible.push(message);
    }
  }

  visibleCount(): number {
    return this.visible.length;
  }

  /** When the oldest message that the queue holds was sent, epoch milliseconds; undefined when it holds none. */
  oldestSentAt(): number | undefined {
    const [first] = this.visible;
    const [hidden] = this.hidden.values();
    const sent = [first, hidden].flatMap((message) => (message === undefined ? [] : [message.sentAt]));
    return sent.length === 0 ? undefined : Math.min(...sent);
  }

  /** Its age. */
  oldestSeconds(): number | undefined {
    const sentAt = this.oldestSentAt();
    return sentAt === undefined ? undefined : Math.round((this.clock.now() - sentAt) / 1000);
  }

  /** Of what it holds, hidden or not. */
  heldIds(): ReadonlyArray<string> {
    return [...this.visible.map(({ messageId }) => messageId), ...this.hidden.keys()];
  }

  heldCount(): number {
    return this.visible.length + this.hidden.size;
  }

  /** What the queue holds, hidden or not. */
  held(): ReadonlyArray<StoredMessage> {
    return [...this.visible, ...this.hidden.values()];
  }

  /** Takes a message out of circulation when it has expired or was received too often. */
  private isSpent(message: StoredMessage): boolean {
    if (message.sentAt + this.inputs.messageRetentionSeconds * 1000 <= this.clock.now()) return true;
    if (this.redrive === undefined || message.receives < this.redrive.maxReceiveCount) return false;
    this.buffers.get(nameOf(this.redrive.deadLetterTargetArn))?.takeOver(message);
    return true;
  }

  /** A dead letter keeps its messageId and its enqueue time; whether its count as well is not documented, so it does. */
  private takeOver(message: StoredMessage): void {
    this.visible.push({ ...message });
    this.listener();
  }

  /** One timer for all receives, which come back in the order in which they were made. */
  private waitForOldest(): void {
    const oldest = this.received[this.returned];
    if (oldest === undefined) return;
    this.timer ??= this.clock.after(oldest.time - this.clock.now(), () => {
      this.timer = undefined;
      this.returned += 1;
      if (this.returned * 2 >= this.received.length) {
        this.received.splice(0, this.returned);
        this.returned = 0;
      }
      this.reappear(oldest);
      this.waitForOldest();
    });
  }

  private reappear({ batch, handles }: Received): void {
    const back = batch.filter(
      (message, index) => this.hidden.has(message.messageId) && receiptHandle(message) === handles[index],
    );
    for (const { messageId } of back) this.hidden.delete(messageId);
    this.visible.push(...back);
    if (back.length > 0) this.listener();
  }
}
