import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { PriorityVersions } from "../../src/priorities/ports.ts";
import type { MapPage } from "../../src/priorities/priority-map.ts";
import type { Pointer } from "../../src/priorities/priority-pointer.ts";
import { contentHash } from "../../src/priorities/refresh-progress.ts";
import { reviewQueuePriorities } from "../../src/priorities/review-queue-priorities.ts";

const now = Date.UTC(2026, 0, 5, 9, 0, 10);
const progress = { page: 3, listing: 1, total: 4, force: false, version: "2026-01-05T09:00:00Z#run#1" };

const pageOf = (...numbers: ReadonlyArray<number>): MapPage => ({
  queues: numbers.map((number) => ({ id: `q-${number}`, name: "n", priority: 1, rule: 0 })),
  leftOut: [],
});
const pages = [pageOf(1, 2), pageOf(3, 4)];
const hash = contentHash({ queues: pages.flatMap(({ queues }) => queues), leftOut: [] });

const pointer: Pointer = { version: "old", pages: 1, queues: 4, hash, publishedAt: now - 1_000, checkedAt: now };
const away = { _tag: "PriorityMapUnavailable", reason: "away" } as const;

const review = (
  versions: Readonly<Record<string, ReadonlyArray<MapPage>>>,
  published: Pointer | undefined = undefined,
  given: Partial<PriorityVersions> = {},
) =>
  reviewQueuePriorities(progress)({
    now: () => now,
    readPointer: TE.right(published),
    readPages: (version) => TE.right(versions[version] ?? []),
    ...given,
  })();

describe("reviewQueuePriorities", () => {
  it("publishes what lies in the table, counted as texts", async () => {
    expect(await review({ [progress.version]: pages })).toStrictEqual(
      E.right({
        status: "publish",
        version: progress.version,
        pagesText: "2",
        queuesText: "4",
        incompleteText: "0",
        hash,
        at: "2026-01-05T09:00:10.000Z",
      }),
    );
  });

  it("confirms what is published already", async () => {
    expect(await review({ [progress.version]: pages, old: [pageOf(1, 2, 3, 4)] }, pointer)).toStrictEqual(
      E.right({ status: "confirm", hash, at: "2026-01-05T09:00:10.000Z" }),
    );
  });

  it("lists again from the first page, under the version of the next listing, when queues are missing", async () => {
    expect(await review({ [progress.version]: [pageOf(1, 2)] })).toStrictEqual(
      E.right({
        ...progress,
        status: "again",
        listing: 2,
        page: 1,
        version: "2026-01-05T09:00:00Z#run#2",
      }),
    );
  });

  it("refuses a listing without queues", async () => {
    const none = reviewQueuePriorities({ ...progress, total: 0 })({
      now: () => now,
      readPointer: TE.right(undefined),
      readPages: () => TE.right([]),
    });
    expect(await none()).toStrictEqual(E.left({ _tag: "RefreshRefused", reason: "Genesys listed no queue" }));
  });

  it("counts queues that were left out on any page", async () => {
    const left = [pageOf(1, 2), { ...pageOf(3), leftOut: [{ id: "q-4", path: "p" }] }];
    expect(await review({ [progress.version]: left })).toMatchObject({
      right: { status: "publish", queuesText: "3", incompleteText: "0" },
    });
  });

  it.each<[string, Partial<PriorityVersions>]>([
    ["the pointer", { readPointer: TE.left(away) }],
    ["the listed pages", { readPages: () => TE.left(away) }],
    [
      "the published pages",
      { readPages: (version) => (version === "old" ? TE.left(away) : TE.right(pages)), readPointer: TE.right(pointer) },
    ],
  ])("decides nothing while %s cannot be read", async (_, given) => {
    expect(await review({}, undefined, given)).toStrictEqual(E.left(away));
  });
});
