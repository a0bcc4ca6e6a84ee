import { hash } from "node:crypto";
import * as t from "io-ts";
import type { LeftOut } from "../genesys/left-out.ts";
import { parseInstant } from "../time/instant.ts";
import type { MapPage, MappedQueue } from "./priority-map.ts";
import type { Pointer } from "./priority-pointer.ts";

/** What the machine refresh-queue-priorities carries from page to page; the queues of one page are the largest part. */
export const RefreshProgress = t.exact(
  t.intersection([
    t.type({ page: t.number, listing: t.number, total: t.number, force: t.boolean, version: t.string }),
    t.partial({ incomplete: t.number }),
  ]),
  "RefreshProgress",
);
export type RefreshProgress = t.TypeOf<typeof RefreshProgress>;

/** Queues a page; a page of these stays under 20 KB. */
export const queuesPerPage = 100;

/** A listing that moved while it was read is read again, at most this often. */
const mostListings = 3;

/** Pages of a version live this long. */
export const pagesKeptFor = 30 * 24 * 60 * 60 * 1000;

/** A confirmed map is published anew when it is older than this, long before its pages expire. */
const republishAfter = 7 * 24 * 60 * 60 * 1000;

/** Listing, waiting and listing again end after this, so that a run stays within an Express execution. */
export const listingBudget = 110_000;

/**
 * Versions sort by the time their run began; of two runs at once the later one wins. `execution` names one run of an
 * execution: an Express execution may run twice, and each run writes pages of its own.
 */
export const versionOf = (startedAt: string, execution: string, listing: number): string =>
  `${startedAt}#${execution}#${listing}`;

/** The same for the same queues, in whatever order they were listed. */
export const contentHash = ({ queues, leftOut }: MapPage): string => {
  const sorted = JSON.stringify(queues.toSorted((a, b) => a.id.localeCompare(b.id)));
  // A queue without id is named by its place alone, which may change from run to run.
  const others = leftOut.map(({ id = "" }) => id).toSorted();
  return hash("sha256", others.length === 0 ? sorted : `${sorted}${JSON.stringify(others)}`, "hex");
};

export type Review =
  | { readonly _tag: "Publish"; readonly hash: string; readonly incomplete: number }
  | { readonly _tag: "Confirm"; readonly hash: string }
  | { readonly _tag: "ListAgain"; readonly reason: string }
  | { readonly _tag: "Refuse"; readonly reason: string };

interface FinishedListing {
  readonly queues: ReadonlyArray<MappedQueue>;
  /** Queues that are not as documented; they count as seen. */
  readonly leftOut: ReadonlyArray<LeftOut>;
  /** How many queues Genesys said there are. */
  readonly total: number;
  readonly listing: number;
  readonly force: boolean;
  /** Begins with the time at which the run began. */
  readonly version: string;
}

export interface Published {
  readonly pointer: Pointer;
  readonly queues: ReadonlyArray<MappedQueue>;
}

/** Whether another listing, as long as those before it, ends within the budget; else the one at hand is the best there is. */
const fitsAnother = ({ version, listing }: FinishedListing, now: number): boolean => {
  const began = parseInstant(version.split("#")[0]) ?? now;
  return ((now - began) / listing) * (listing + 1) < listingBudget;
};

const idsOf = (queues: ReadonlyArray<MappedQueue>): ReadonlySet<string> => new Set(queues.map(({ id }) => id));

/** How many different queues a listing has, whether they could be read or not, and the ids of those that have one. */
const seenOf = ({
  queues,
  leftOut,
}: FinishedListing): { readonly seen: number; readonly seenIds: ReadonlySet<string> } => {
  const seenIds = new Set([...queues.map(({ id }) => id), ...leftOut.flatMap(({ id }) => id ?? [])]);
  return { seen: seenIds.size + leftOut.filter(({ id }) => id === undefined).length, seenIds };
};

/** The queues that could not be read, in a reason. */
const besides = ({ leftOut }: FinishedListing): string =>
  leftOut.length === 0 ? "" : ` that is as documented; ${leftOut.length} are not, such as at ${leftOut[0]?.path}`;

/**
 * What to do with a listing. A listing is not a snapshot: when ids are missing or come twice, or queues are gone that
 * the published map has, it is read again; what remains then is published and counted as incomplete.
 */
export const reviewListing = (listed: FinishedListing, published: Published | undefined, now: number): Review => {
  const ids = idsOf(listed.queues);
  const before = published === undefined ? new Set<string>() : idsOf(published.queues);
  const { seen, seenIds } = seenOf(listed);
  const gone = [...before].filter((id) => !seenIds.has(id)).length;
  const unseen = Math.max(0, listed.total - seen);
  const hasMoved = seen !== listed.total || gone > 0;
  if (hasMoved && listed.listing < mostListings && fitsAnother(listed, now)) {
    return { _tag: "ListAgain", reason: `${unseen} of ${listed.total} queues unseen, ${gone} gone` };
  }
  if (!listed.force && ids.size === 0) return { _tag: "Refuse", reason: `Genesys listed no queue${besides(listed)}` };
  if (!listed.force && ids.size * 2 < before.size) {
    return { _tag: "Refuse", reason: `${ids.size} queues instead of ${before.size}${besides(listed)}` };
  }
  const contents = contentHash(listed);
  const isConfirmed = published?.pointer.hash === contents && now - published.pointer.publishedAt < republishAfter;
  return isConfirmed ? { _tag: "Confirm", hash: contents } : { _tag: "Publish", hash: contents, incomplete: unseen };
};
