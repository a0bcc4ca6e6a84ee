import * as E from "fp-ts/lib/Either.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import type { PriorityMap } from "../priorities/priority-map.ts";
import { type Backoff, waitBefore } from "../time/backoff.ts";
import type { Clock, Random } from "../time/ports.ts";
import { type Admission, type AdmissionPolicy, decideAdmission, type Entry } from "./admission.ts";
import { emptyLog, extendLog, logKeptFor, type MinuteLog, minuteName, minuteOf } from "./admission-log.ts";
import type { AdmissionLog, AdmissionLogUnavailable } from "./ports.ts";

export type AdmitCapabilities = AdmissionLog & Clock & Random & { readonly minuteLogs: MinuteLogs };

/** What a container remembers of minutes, so that it reads of each only what is new. */
interface MinuteLogs {
  readonly recall: (minute: string) => MinuteLog;
  readonly keep: (minute: string, log: MinuteLog) => void;
}

/** Minutes that a container remembers; the one unused for longest makes room. */
const mostMinutes = 120;

export const minuteLogs = (): MinuteLogs => {
  const kept = new Map<string, MinuteLog>();
  return {
    recall: (minute) => kept.get(minute) ?? emptyLog(),
    keep: (minute, log) => {
      kept.delete(minute);
      kept.set(minute, log);
      const [oldest] = kept.keys();
      if (kept.size > mostMinutes && oldest !== undefined) kept.delete(oldest);
    },
  };
};

export interface LogUse {
  reads: number;
  appends: number;
  conflicts: number;
}

/** After somebody else's append; everybody who lost comes back at another moment. */
const conflictPauseMilliseconds = 30;

/** While the log cannot be reached: within the invocation, so that nothing is decided twice and nothing given up. */
const outageBackoff: Backoff = { firstMilliseconds: 200, longestMilliseconds: 10_000, tries: Number.POSITIVE_INFINITY };
const outageBudgetMilliseconds = 200_000;

interface OwnMinute {
  readonly minute: string;
  readonly entries: ReadonlyArray<Entry>;
}

interface Request {
  readonly map: PriorityMap | undefined;
  readonly policy: AdmissionPolicy;
  readonly use: LogUse;
}

type Try =
  | { readonly _tag: "Decided"; readonly admissions: ReadonlyArray<Admission> }
  | { readonly _tag: "Conflict" }
  | AdmissionLogUnavailable;

/** DynamoDB has deleted this minute's items; drop our copy too. Never append to a minute that is half deleted. */
const isForgotten = (log: MinuteLog, now: number): boolean => log.expiresAt !== undefined && log.expiresAt < now;

const tryOnce =
  ({ minute, entries }: OwnMinute, { map, policy, use }: Request) =>
  async (capabilities: AdmitCapabilities): Promise<Try> => {
    const now = capabilities.now();
    const remembered = capabilities.minuteLogs.recall(minute);
    const before = isForgotten(remembered, now) ? emptyLog() : remembered;
    const items = await capabilities.readLog(minute, before.n)();
    use.reads += 1;
    if (E.isLeft(items)) return items.left;
    const log = extendLog(before, items.right);
    capabilities.minuteLogs.keep(minute, log);
    const { admissions, fresh } = decideAdmission(log, entries, map, policy, now);
    if (fresh.length === 0) return { _tag: "Decided", admissions };
    const item = { n: log.n + 1, expiresAt: log.expiresAt ?? now + logKeptFor, entries: fresh };
    const appended = await capabilities.appendToLog(minute, item)();
    if (E.isLeft(appended)) return appended.left;
    if (!appended.right) return { _tag: "Conflict" };
    use.appends += 1;
    capabilities.minuteLogs.keep(minute, extendLog(log, [item]));
    return { _tag: "Decided", admissions };
  };

const admitMinute =
  (minute: OwnMinute, request: Request) =>
  async (capabilities: AdmitCapabilities): Promise<E.Either<AdmissionLogUnavailable, ReadonlyArray<Admission>>> => {
    const giveUpAt = capabilities.now() + outageBudgetMilliseconds;
    let outages = 0;
    for (;;) {
      const result = await tryOnce(minute, request)(capabilities);
      switch (result._tag) {
        case "Decided":
          return E.right(result.admissions);
        case "Conflict":
          request.use.conflicts += 1;
          await capabilities.sleep(capabilities.random() * conflictPauseMilliseconds)();
          break;
        case "AdmissionLogUnavailable":
          // The append may have happened: reading again finds our own decisions if it has.
          outages += 1;
          if (capabilities.now() >= giveUpAt) return E.left(result);
          await capabilities.sleep(waitBefore(outageBackoff, outages, capabilities.random()))();
          break;
      }
    }
  };

interface Share {
  readonly entries: Entry[];
  /** Where the entries stood in the batch. */
  readonly indexes: number[];
}

const byMinute = (entries: ReadonlyArray<Entry>): ReadonlyMap<number, Share> => {
  const minutes = new Map<number, Share>();
  let index = 0;
  for (const entry of entries) {
    const minute = minuteOf(entry.eventTime);
    let share = minutes.get(minute);
    if (share === undefined) {
      share = { entries: [], indexes: [] };
      minutes.set(minute, share);
    }
    share.entries.push(entry);
    share.indexes.push(index);
    index += 1;
  }
  return minutes;
};

/**
 * Decides, by position, which entries are admitted: at most so many distinct events per queue and window of event
 * time, exact over all instances, and the same answer for an event whoever asks again. Every decision is in the log
 * before it is answered.
 */
export const admit =
  (
    entries: ReadonlyArray<Entry>,
    request: Request,
  ): ReaderTaskEither<AdmitCapabilities, AdmissionLogUnavailable, ReadonlyArray<Admission>> =>
  (capabilities) =>
  async () => {
    const admissions: Admission[] = [];
    for (const [minute, share] of byMinute(entries)) {
      const own = { minute: minuteName(minute), entries: share.entries };
      const decided = await admitMinute(own, request)(capabilities);
      if (E.isLeft(decided)) return decided;
      let position = 0;
      for (const admission of decided.right) {
        const index = share.indexes[position];
        if (index !== undefined) admissions[index] = admission;
        position += 1;
      }
    }
    return E.right(admissions);
  };
