import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { linesOf, parseJson } from "../text.ts";

/** A copy that the local cloud has seen, with all that happened to it, in the ledger's words. */
interface JournalCopy {
  readonly messageId: string;
  readonly type: string;
  readonly id: string;
  readonly conversation: string;
  readonly history: { readonly at: number; readonly what: string }[];
}

const Named = t.partial({ "detail-type": t.string, id: t.string, type: t.string });
const OfConversation = t.type({ detail: t.type({ eventBody: t.type({ conversationId: t.string }) }) });
const Line = t.type({ floodgate: t.type({ messageId: t.string }) });
const FailedLine = t.type({ messageId: t.string, reason: t.string });

const mostCopies = 2_000;

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
    const name = (detailType ?? type ?? "not an event").replace("v2.detail.events.conversation.{id}.", "");
    const conversation = OfConversation.is(value) ? value.detail.eventBody.conversationId : "";
    this.copies.set(messageId, { messageId, type: name, id: id ?? "", conversation, history: [] });
    this.note(messageId, "received");
    const [oldest] = this.copies.keys();
    if (this.copies.size > mostCopies && oldest !== undefined) this.copies.delete(oldest);
  }

  note(messageId: string, what: string): void {
    const copy = this.copies.get(messageId);
    if (copy?.history.at(-1)?.what !== what) copy?.history.push({ at: this.clock.now(), what });
  }

  /** A record of the delivery stream: an event's line with the member that names its copy. */
  noteRecord(data: Buffer, what: string): void {
    const line = parseJson(data.toString("utf8"));
    if (Line.is(line)) this.note(line.floodgate.messageId, what);
  }

  /** An object of a failed chunk, as it was written. */
  noteChunk(key: string, body: Buffer): void {
    if (!key.startsWith("failed/")) return;
    for (const line of linesOf(body).map(parseJson)) {
      if (FailedLine.is(line)) this.note(line.messageId, `kept in a failed chunk: ${line.reason}`);
    }
  }

  /** The newest copies first. */
  latest(most: number): ReadonlyArray<JournalCopy> {
    return [...this.copies.values()].slice(-most).toReversed();
  }
}
