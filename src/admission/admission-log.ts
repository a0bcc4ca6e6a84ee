import { hash } from "node:crypto";
import type { EventKey } from "../event/event-key.ts";
import { remembering } from "../text/remembering.ts";
import { day, type Instant, toIso } from "../time/instant.ts";

/** What was decided about a queue entry, once and for all. */
export type Decision = "admitted" | "lowPriority" | "rateLimited";

const decisions: ReadonlyArray<Decision> = ["admitted", "lowPriority", "rateLimited"];

/** A decision as the log holds it: 7 bytes under its queue. */
export interface LogEntry {
  /** 16 bytes as 32 hexadecimal digits. */
  readonly queue: string;
  /** Second within the minute, 0 to 59. */
  readonly second: number;
  readonly decision: Decision;
  /** The first 48 bits of the event's key. */
  readonly key: number;
}

const millisecondsOfMinute = 60_000;

/** Number of the minute of event time that an entry falls into, counted from 1970. */
export const minuteOf = (eventTime: Instant): number => Math.floor(eventTime / millisecondsOfMinute);

/** A minute as the key of its log: `2026-01-05T09:00`. */
export const minuteName = (minute: number): string =>
  toIso(minute * millisecondsOfMinute).slice(0, "yyyy-mm-ddThh:mm".length);

/** Second within its minute, 0 to 59. */
export const secondOf = (eventTime: Instant): number => Math.floor(eventTime / 1000) - minuteOf(eventTime) * 60;

const hexDigitsOf48Bits = 12;

export const shortKey = (key: EventKey): number => Number.parseInt(key.slice(0, hexDigitsOf48Bits), 16);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A queue id in 16 bytes: those of the UUID that Genesys makes, or a digest of any other text. */
export const queueBytes = remembering((queueId: string): string =>
  uuid.test(queueId) ? queueId.replaceAll("-", "") : hash("md5", queueId, "hex"),
);

const version = 1;
const headerBytes = 1;
const groupBytes = 16 + 2;
const entryBytes = 7;
const keyBytes = 6;
const mostPerGroup = 0xffff;

const groups = (entries: ReadonlyArray<LogEntry>): ReadonlyArray<ReadonlyArray<LogEntry>> =>
  [...Map.groupBy(entries, ({ queue }) => queue).values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / mostPerGroup) }, (_, index) =>
      group.slice(index * mostPerGroup, (index + 1) * mostPerGroup),
    ),
  );

/** One log item: a version byte, then for each queue its 16 bytes, the number of its entries, and 7 bytes for each. */
export const encodeEntries = (entries: ReadonlyArray<LogEntry>): Buffer => {
  const grouped = groups(entries);
  const bytes = Buffer.alloc(headerBytes + grouped.length * groupBytes + entries.length * entryBytes);
  bytes.writeUInt8(version, 0);
  let at = headerBytes;
  for (const group of grouped) {
    bytes.write(group[0]?.queue ?? "", at, "hex");
    bytes.writeUInt16BE(group.length, at + 16);
    at += groupBytes;
    for (const { second, decision, key } of group) {
      bytes.writeUInt8((second << 2) | decisions.indexOf(decision), at);
      bytes.writeUIntBE(key, at + 1, keyBytes);
      at += entryBytes;
    }
  }
  return bytes;
};

/** Reads what encodeEntries wrote; undefined for anything else. */
export const decodeEntries = (bytes: Buffer): ReadonlyArray<LogEntry> | undefined => {
  if (bytes.length < headerBytes || bytes.readUInt8(0) !== version) return undefined;
  const entries: LogEntry[] = [];
  let at = headerBytes;
  while (at + groupBytes <= bytes.length) {
    const queue = bytes.toString("hex", at, at + 16);
    const count = bytes.readUInt16BE(at + 16);
    at += groupBytes;
    if (at + count * entryBytes > bytes.length) return undefined;
    for (let index = 0; index < count; index += 1) {
      const first = bytes.readUInt8(at);
      const decision = decisions[first & 3];
      if (decision === undefined) return undefined;
      entries.push({ queue, second: first >> 2, decision, key: bytes.readUIntBE(at + 1, keyBytes) });
      at += entryBytes;
    }
  }
  return at === bytes.length ? entries : undefined;
};

/** All that is known of a minute: decisions by key, and how many entries were admitted by queue and second. */
export interface MinuteLog {
  /** Number of the last item that is in here; 0: none. */
  readonly n: number;
  /** When the minute's log expires as a whole; undefined while it has no item. */
  readonly expiresAt: Instant | undefined;
  readonly decisions: Map<number, Decision>;
  readonly admitted: Map<string, (number | undefined)[]>;
}

export const emptyLog = (): MinuteLog => ({ n: 0, expiresAt: undefined, decisions: new Map(), admitted: new Map() });

export interface LogItem {
  readonly n: number;
  readonly expiresAt: Instant;
  readonly entries: ReadonlyArray<LogEntry>;
}

/**
 * The log with further items, which follow it in the order of their numbers. Takes `log` over: its maps go on in the
 * answer, because copying the decisions of a minute for each batch would cost more than deciding.
 */
export const extendLog = (log: MinuteLog, items: ReadonlyArray<LogItem>): MinuteLog => {
  const { decisions: known, admitted } = log;
  let { n, expiresAt } = log;
  for (const item of items) {
    n = Math.max(n, item.n);
    expiresAt = Math.min(expiresAt ?? item.expiresAt, item.expiresAt);
    for (const { queue, second, decision, key } of item.entries) {
      // Whoever appended an item had read all before it, so no key comes twice.
      known.set(key, decision);
      if (decision !== "admitted") continue;
      const seconds = admitted.get(queue) ?? [];
      seconds[second] = (seconds[second] ?? 0) + 1;
      admitted.set(queue, seconds);
    }
  }
  return { n, expiresAt, decisions: known, admitted };
};

/** A minute's log lives this long from its first item on. */
export const logKeptFor = 37 * day;

/** With less to live than this nothing new is decided: items may be deleted up to two days late, in any order. */
const closingTime = 2 * day;

export const isClosing = ({ expiresAt }: MinuteLog, now: Instant): boolean =>
  expiresAt !== undefined && expiresAt - now < closingTime;
