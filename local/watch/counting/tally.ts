import type { Cloud } from "../../cloud.ts";
import { linesOf, parseJson } from "../../text.ts";
import type { FrameLedger } from "../frame.ts";
import { DuplicatesLog, type End, FailedLine, givenUpReason, Line, ranks } from "./ends.ts";

/*
 * The ledger while it runs: each term is counted by messageId where its copies lie, and none by subtraction. What has
 * ended is noted when it ends (an object that was written, a line of the log); what is on its way is looked for anew each
 * time (buffers, streams, failed chunks).
 */

/** Milliseconds of the cloud's time. */
const forgottenAfter = 10 * 60_000;

/** A failed chunk as the tally needs it. */
export interface TalliedChunk {
  readonly status: string;
  readonly reason: string;
  readonly object: string;
}

export interface Noted {
  readonly messageId: string;
  readonly end: End;
  readonly reason: string;
}

export class Tally {
  private readonly cloud: Cloud;
  private readonly ended = new Map<string, { readonly end: End; readonly reason: string }>();
  private readonly counts: Record<End, number> = {
    delivered: 0,
    lowPriority: 0,
    rateLimited: 0,
    dropped: 0,
    givenUp: 0,
    duplicate: 0,
  };
  /** Copies that Firehose gave up, by reason. */
  private readonly givenUp: Record<string, number> = {};
  /** Records of a copy that the stream holds. */
  private readonly inStream = new Map<string, number>();
  private readonly chunkLines = new Map<string, { readonly ids: ReadonlyArray<string>; readonly at: number }>();
  private logsRead = 0;
  private missingBefore = 0;
  /** Records that Firehose has taken, and lines that were kept as failed, since the start. */
  handed = 0;
  kept = 0;
  /** For people who watch single events. */
  onEnd: (noted: Noted) => void = () => undefined;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  /** A record of the delivery stream, and what happened to it; answers the copy that it carries. */
  noteRecord(data: Buffer, what: string): string | undefined {
    const line = parseJson(data.toString("utf8"));
    if (!Line.is(line)) return undefined;
    const { messageId, excess } = line.floodgate;
    if (what === "handed to Firehose") {
      this.handed += 1;
      this.inStream.set(messageId, (this.inStream.get(messageId) ?? 0) + 1);
      return messageId;
    }
    this.leaveStream(messageId);
    if (what.startsWith("delivered: ")) this.end(messageId, excess ?? "delivered", "");
    else if (what.startsWith("dropped")) this.end(messageId, "dropped", "");
    else this.end(messageId, "givenUp", givenUpReason(what));
    return messageId;
  }

  /** An object of a failed chunk, as it was written. */
  noteChunk(key: string, body: Buffer): void {
    if (!key.startsWith("failed/")) return;
    const ids = linesOf(body).map(parseJson).filter(FailedLine.is);
    this.kept += ids.length;
    this.chunkLines.set(key, { ids: ids.map(({ messageId }) => messageId), at: this.cloud.clock.now() });
  }

  /** Copies that have ended so far; those of the log since it was last asked. */
  readLogs(): void {
    const { logs } = this.cloud;
    for (; this.logsRead < logs.length; this.logsRead += 1) {
      const text = logs[this.logsRead]?.text ?? "";
      const line = text.includes('"duplicates"') ? parseJson(text) : undefined;
      if (DuplicatesLog.is(line)) for (const messageId of line.messageIds) this.end(messageId, "duplicate", "");
    }
  }

  setAsideSoFar(): number {
    return this.counts.lowPriority + this.counts.rateLimited + this.counts.dropped;
  }

  endedSoFar(end: "delivered" | "duplicate"): number {
    return this.counts[end];
  }

  received(): number {
    return this.cloud.mappings.reduce((sum, { buffer }) => sum + buffer.accepted.size, 0);
  }

  /** The ledger now; `chunks` are the items of failed chunks, read a moment ago. */
  ledger(chunks: ReadonlyArray<TalliedChunk>): FrameLedger {
    this.readLogs();
    this.forgetChunks(chunks);
    const seen = new Set<string>();
    const count = (ids: Iterable<string>): number => {
      const before = seen.size;
      for (const id of ids) if (!this.ended.has(id) && this.isReceived(id)) seen.add(id);
      return seen.size - before;
    };
    const parked = this.countParked(chunks, count);
    const { mappings } = this.cloud;
    // In this order: what an invocation has is hidden in its buffer as well.
    const inHand = count(mappings.flatMap((mapping) => mapping.inHandIds()));
    const inFlight = {
      buffer: count(mappings.flatMap(({ buffer }) => buffer.heldIds())),
      inHand,
      firehose: count(this.inStream.keys()),
      retrying: count(this.idsOf(chunks.filter(({ status }) => status === "retrying"))),
    };
    const received = this.received();
    const missing = received - this.ended.size - seen.size;
    const isLasting = this.missingBefore !== 0;
    this.missingBefore = missing;
    const { delivered, lowPriority, rateLimited, dropped, duplicate } = this.counts;
    return {
      received,
      delivered,
      setAside: { lowPriority, rateLimited, dropped },
      duplicates: duplicate,
      parked,
      inFlight,
      // The parts of a frame are read one after another, so a copy may move between two of them.
      missing: isLasting ? missing : 0,
    };
  }

  /** Copies of a failed chunk that have not ended. */
  openCopiesOf(chunk: TalliedChunk): ReadonlyArray<string> {
    return this.idsOf([chunk]).filter((messageId) => !this.ended.has(messageId));
  }

  /** How many copies are on their way. */
  inFlight(chunks: ReadonlyArray<TalliedChunk>): number {
    const retrying = this.idsOf(chunks.filter(({ status }) => status === "retrying"));
    const held = this.cloud.mappings.flatMap(({ buffer }) => buffer.heldIds());
    const open = [...retrying, ...held, ...this.inStream.keys()].filter((messageId) => !this.ended.has(messageId));
    return new Set(open).size;
  }

  private countParked(
    chunks: ReadonlyArray<TalliedChunk>,
    count: (ids: Iterable<string>) => number,
  ): Readonly<Record<string, number>> {
    const parked: Record<string, number> = {};
    const add = (reason: string, copies: number): void => {
      if (copies > 0) parked[reason] = (parked[reason] ?? 0) + copies;
    };
    for (const chunk of chunks) if (chunk.status === "parked") add(chunk.reason, count(this.idsOf([chunk])));
    for (const [reason, copies] of Object.entries(this.givenUp)) add(reason, copies);
    const read = new Set(this.cloud.mappings.map(({ buffer }) => buffer.name));
    for (const [name, queue] of this.cloud.buffers)
      if (!read.has(name)) add(`deadLetter:${name}`, count(queue.held().map(({ messageId }) => messageId)));
    return parked;
  }

  private idsOf(chunks: ReadonlyArray<TalliedChunk>): ReadonlyArray<string> {
    return chunks.flatMap(({ object }) => this.chunkLines.get(object)?.ids ?? []);
  }

  /** What another stack has received, or nobody, is no copy of this ledger. */
  private isReceived(messageId: string): boolean {
    return this.cloud.mappings.some(({ buffer }) => buffer.accepted.has(messageId));
  }

  /** Objects that no item names any more; a new one may wait for its item. */
  private forgetChunks(chunks: ReadonlyArray<TalliedChunk>): void {
    const named = new Set(chunks.map(({ object }) => object));
    const old = this.cloud.clock.now() - forgottenAfter;
    for (const [key, { at }] of this.chunkLines) if (at < old && !named.has(key)) this.chunkLines.delete(key);
  }

  private leaveStream(messageId: string): void {
    const left = (this.inStream.get(messageId) ?? 0) - 1;
    if (left > 0) this.inStream.set(messageId, left);
    else this.inStream.delete(messageId);
  }

  private end(messageId: string, end: End, reason: string): void {
    const before = this.ended.get(messageId);
    if (before !== undefined && ranks[before.end] >= ranks[end]) return;
    if (!this.isReceived(messageId)) return;
    if (before !== undefined) this.count(before, -1);
    this.count({ end, reason }, 1);
    this.ended.set(messageId, { end, reason });
    this.onEnd({ messageId, end, reason });
  }

  private count({ end, reason }: { readonly end: End; readonly reason: string }, by: 1 | -1): void {
    this.counts[end] += by;
    if (end === "givenUp") this.givenUp[reason] = (this.givenUp[reason] ?? 0) + by;
  }
}
