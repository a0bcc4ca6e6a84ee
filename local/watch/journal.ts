import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { linesOf, parseJson } from "../text.ts";
import type { FrameEvent } from "./frame.ts";

/** A copy that the local cloud has seen, with all that happened to it, in the ledger's words. */
interface JournalCopy {
  readonly messageId: string;
  readonly type: string;
  readonly id: string;
  readonly conversation: string;
  readonly queueId: string | null;
  readonly history: { readonly at: number; readonly what: string }[];
}

const Named = t.partial({ "detail-type": t.string, id: t.string, type: t.string });
const OfConversation = t.type({ detail: t.type({ eventBody: t.type({ conversationId: t.string }) }) });
const OfQueue = t.type({ detail: t.type({ eventBody: t.type({ queueId: t.string }) }) });
const FailedLine = t.type({ messageId: t.string, reason: t.string });

const mostCopies = 2_000;
const longestName = 60;

const topicPrefix = "v2.detail.events.conversation.{id}.";

/** What happened lately to which copy, for people who watch; the ledger needs none of it. */
export class Journal {
  private readonly copies = new Map<string, JournalCopy>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  received(messageId: string, body: string): void {
    const value = parseJson(body);
    const { "detail-type": detailType, id, type } = Named.is(value) ? value : {};
    this.copies.set(messageId, {
      messageId,
      type: (detailType ?? type ?? "not an event").replace(topicPrefix, "").slice(0, longestName),
      id: id ?? "",
      conversation: OfConversation.is(value) ? value.detail.eventBody.conversationId : "",
      queueId: OfQueue.is(value) ? value.detail.eventBody.queueId : null,
      history: [],
    });
    this.note(messageId, "waits in the buffer");
    const [oldest] = this.copies.keys();
    if (this.copies.size > mostCopies && oldest !== undefined) this.copies.delete(oldest);
  }

  note(messageId: string, what: string): void {
    const copy = this.copies.get(messageId);
    if (copy?.history.at(-1)?.what !== what) copy?.history.push({ at: this.clock.now(), what });
  }

  /** An object of a failed chunk, as it was written. */
  noteChunk(key: string, body: Buffer): void {
    if (!key.startsWith("failed/")) return;
    for (const line of linesOf(body).map(parseJson)) {
      if (FailedLine.is(line)) this.note(line.messageId, `kept: ${line.reason}`);
    }
  }

  /** All that happened to a copy; undefined for one that is not remembered any more. */
  copyOf(messageId: string): JournalCopy | undefined {
    return this.copies.get(messageId);
  }

  /** The newest copies first, each with the last that happened to it. */
  latest(most: number, queueName: (id: string) => string | undefined): ReadonlyArray<FrameEvent> {
    return [...this.copies.values()]
      .slice(-most)
      .toReversed()
      .map(({ messageId, conversation, type, queueId, history }) => ({
        messageId,
        conversationId: conversation,
        type,
        queue: queueId === null ? null : (queueName(queueId) ?? queueId),
        at: history[0]?.at ?? 0,
        outcome: history.at(-1)?.what ?? "",
      }));
  }
}
