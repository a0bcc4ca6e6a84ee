import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import { toIso } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import type { PriorityMapUnavailable, PriorityVersions } from "./ports.ts";
import type { MapPage } from "./priority-map.ts";
import { type Published, RefreshProgress, type Review, reviewListing } from "./refresh-progress.ts";

type ReviewCapabilities = PriorityVersions & Pick<Clock, "now">;

export const ReviewQueuePrioritiesInput = RefreshProgress;

/** Numbers as texts where the machine writes them to DynamoDB. */
type ReviewQueuePrioritiesOutput =
  | {
      readonly status: "publish";
      readonly version: string;
      readonly pagesText: string;
      readonly queuesText: string;
      readonly incompleteText: string;
      readonly hash: string;
      readonly at: string;
    }
  | { readonly status: "confirm"; readonly hash: string; readonly at: string }
  | (RefreshProgress & { readonly status: "again" });

export interface RefreshRefused {
  readonly _tag: "RefreshRefused";
  readonly reason: string;
}

type Pages = ReadonlyArray<MapPage>;

const queuesOf = (pages: Pages): Published["queues"] => pages.flatMap(({ queues }) => queues);

const readPublished: RTE.ReaderTaskEither<ReviewCapabilities, PriorityMapUnavailable, Published | undefined> = ({
  readPointer,
  readPages,
}) =>
  pipe(
    RTE.fromTaskEither(readPointer),
    RTE.flatMap((pointer) =>
      pointer === undefined
        ? RTE.right(undefined)
        : pipe(
            RTE.fromTaskEither(readPages(pointer.version)),
            RTE.map((pages): Published => ({ pointer, queues: queuesOf(pages) })),
          ),
    ),
  )({});

const nextListing = (progress: RefreshProgress): RefreshProgress => {
  const listing = progress.listing + 1;
  return { ...progress, listing, page: 1, version: progress.version.replace(/#\d+$/, `#${listing}`) };
};

const answerTo = (
  review: Review,
  progress: RefreshProgress,
  pages: Pages,
  now: number,
): RTE.ReaderTaskEither<unknown, RefreshRefused, ReviewQueuePrioritiesOutput> => {
  switch (review._tag) {
    case "Refuse":
      return RTE.left({ _tag: "RefreshRefused", reason: review.reason });
    case "ListAgain":
      return RTE.right({ ...nextListing(progress), status: "again" });
    case "Confirm":
      return RTE.right({ status: "confirm", hash: review.hash, at: toIso(now) });
    case "Publish":
      return RTE.right({
        status: "publish",
        version: progress.version,
        pagesText: String(pages.length),
        queuesText: String(queuesOf(pages).length),
        incompleteText: String(review.incomplete),
        hash: review.hash,
        at: toIso(now),
      });
  }
};

/** Decides what becomes of a listed version, by what lies in the table rather than in the machine's state. */
export const reviewQueuePriorities = (
  progress: RefreshProgress,
): RTE.ReaderTaskEither<ReviewCapabilities, PriorityMapUnavailable | RefreshRefused, ReviewQueuePrioritiesOutput> =>
  pipe(
    RTE.ask<ReviewCapabilities>(),
    RTE.flatMap(({ readPages }) => RTE.fromTaskEither(readPages(progress.version))),
    RTE.bindTo("pages"),
    RTE.bindW("published", () => readPublished),
    RTE.bindW("now", () => RTE.asks(({ now }: ReviewCapabilities) => now())),
    RTE.flatMap(({ pages, published, now }) => {
      const leftOut = pages.flatMap((page) => page.leftOut);
      const listed = { ...progress, queues: queuesOf(pages), leftOut };
      return answerTo(reviewListing(listed, published, now), progress, pages, now);
    }),
  );
