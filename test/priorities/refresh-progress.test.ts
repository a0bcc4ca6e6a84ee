import { describe, expect, it } from "vitest";
import { decodePage, encodePage, type MapPage, type MappedQueue, toMapped } from "../../src/priorities/priority-map.ts";
import { publishedKey } from "../../src/priorities/priority-pointer.ts";
import {
  contentHash,
  listingBudget,
  type Published,
  pagesKeptFor,
  queuesPerPage,
  RefreshProgress,
  type Review,
  reviewListing,
  versionOf,
} from "../../src/priorities/refresh-progress.ts";

const began = Date.UTC(2026, 0, 5, 9);
const day = 86_400_000;

const queue = (number: number, priority = 5): MappedQueue => ({
  id: `q-${number}`,
  name: `Queue ${number}`,
  priority,
  rule: 1,
});
const queues = (count: number, from = 0): ReadonlyArray<MappedQueue> =>
  Array.from({ length: count }, (_, index) => queue(from + index));

type Listed = Parameters<typeof reviewListing>[0];

const listing = (given: Partial<Listed> = {}): Listed => ({
  queues: queues(10),
  leftOut: [],
  total: 10,
  listing: 1,
  force: false,
  version: versionOf("2026-01-05T09:00:00.000Z", "run", 1),
  ...given,
});

const published = (of: ReadonlyArray<MappedQueue>, given: Partial<Published["pointer"]> = {}): Published => ({
  queues: of,
  pointer: {
    version: "v",
    pages: 1,
    queues: of.length,
    hash: contentHash({ queues: of, leftOut: [] }),
    publishedAt: began - day,
    checkedAt: began,
    ...given,
  },
});

const review = (given: Partial<Listed>, before: Published | undefined = undefined, secondsIn = 10): Review =>
  reviewListing(listing(given), before, began + secondsIn * 1000);

const hash = contentHash(listing());

describe("reviewListing", () => {
  it.each<[string, Partial<Listed>, Published | undefined, Review]>([
    ["a first map is published", {}, undefined, { _tag: "Publish", hash, incomplete: 0 }],
    ["the same queues are confirmed", {}, published(queues(10)), { _tag: "Confirm", hash }],
    [
      "the same queues in another order are confirmed",
      { queues: queues(10).toReversed() },
      published(queues(10)),
      { _tag: "Confirm", hash },
    ],
    [
      "other queues are published",
      {},
      published([...queues(9), queue(9, 1)]),
      { _tag: "Publish", hash, incomplete: 0 },
    ],
    [
      "a map of seven days is published anew",
      {},
      published(queues(10), { publishedAt: began + 10_000 - 7 * day }),
      { _tag: "Publish", hash, incomplete: 0 },
    ],
    [
      "a map of a millisecond less is confirmed",
      {},
      published(queues(10), { publishedAt: began + 10_001 - 7 * day }),
      { _tag: "Confirm", hash },
    ],
    [
      "queues that are unseen are listed again",
      { total: 12 },
      undefined,
      { _tag: "ListAgain", reason: "2 of 12 queues unseen, 0 gone" },
    ],
    [
      "a queue that comes twice is listed again",
      { queues: [...queues(9), queue(0)] },
      undefined,
      { _tag: "ListAgain", reason: "1 of 10 queues unseen, 0 gone" },
    ],
    [
      "more queues than there are, are listed again",
      { total: 9 },
      undefined,
      { _tag: "ListAgain", reason: "0 of 9 queues unseen, 0 gone" },
    ],
    [
      "queues that are gone are listed again",
      {},
      published(queues(12)),
      { _tag: "ListAgain", reason: "0 of 10 queues unseen, 2 gone" },
    ],
    [
      "the third listing is what there is, and counted as incomplete",
      { total: 12, listing: 3 },
      undefined,
      { _tag: "Publish", hash, incomplete: 2 },
    ],
    [
      "queues that are gone in the third listing are gone",
      { listing: 3 },
      published(queues(12)),
      { _tag: "Publish", hash, incomplete: 0 },
    ],
    [
      "a queue that is left out counts as seen",
      { queues: queues(9), leftOut: [{ id: "q-9", path: "entities.9.name" }] },
      published(queues(10)),
      {
        _tag: "Publish",
        hash: contentHash({ queues: queues(9), leftOut: [{ id: "q-9", path: "x" }] }),
        incomplete: 0,
      },
    ],
    [
      "one without an id as well",
      { queues: queues(8), leftOut: [{ path: "entities.8" }, { path: "entities.9" }] },
      undefined,
      {
        _tag: "Publish",
        hash: contentHash({ queues: queues(8), leftOut: [{ path: "" }, { path: "" }] }),
        incomplete: 0,
      },
    ],
    [
      "an empty organisation is refused",
      { queues: [], total: 0 },
      undefined,
      { _tag: "Refuse", reason: "Genesys listed no queue" },
    ],
    [
      "an empty one is published by force",
      { queues: [], total: 0, force: true },
      undefined,
      { _tag: "Publish", hash: contentHash({ queues: [], leftOut: [] }), incomplete: 0 },
    ],
    [
      "one of which no queue can be read is refused, with an example",
      {
        queues: [],
        total: 2,
        leftOut: [
          { id: "a", path: "entities.0.name" },
          { id: "b", path: "entities.1.name" },
        ],
      },
      undefined,
      {
        _tag: "Refuse",
        reason: "Genesys listed no queue that is as documented; 2 are not, such as at entities.0.name",
      },
    ],
    [
      "less than half of the queues is refused",
      { listing: 3 },
      published(queues(21)),
      { _tag: "Refuse", reason: "10 queues instead of 21" },
    ],
    ["half of them is not", { listing: 3 }, published(queues(20)), { _tag: "Publish", hash, incomplete: 0 }],
    [
      "less than half is published by force",
      { listing: 3, force: true },
      published(queues(21)),
      { _tag: "Publish", hash, incomplete: 0 },
    ],
  ])("%s", (_, given, before, answer) => {
    expect(review(given, before)).toStrictEqual(answer);
  });

  it("lists again only where another listing, as long as those before it, ends within the budget", () => {
    // The first took 54 s: two take 108 s of 110 s.
    expect([review({ total: 12 }, undefined, 54)._tag, review({ total: 12 }, undefined, 55)._tag]).toStrictEqual([
      "ListAgain",
      "Publish",
    ]);
    expect(listingBudget).toBe(110_000);
    const second = { total: 12, listing: 2 };
    expect([review(second, undefined, 73)._tag, review(second, undefined, 74)._tag]).toStrictEqual([
      "ListAgain",
      "Publish",
    ]);
  });

  it("takes a run whose version has no time for one that has just begun", () => {
    expect(review({ total: 12, version: "manual" }, undefined, 1e6)._tag).toBe("ListAgain");
  });
});

describe("contentHash", () => {
  it("is the same for the same queues, and another for anything that rules depend on", () => {
    const of = (given: Partial<MapPage> = {}) => contentHash({ queues: queues(3), leftOut: [], ...given });
    expect(of({ queues: queues(3).toReversed() })).toBe(of());
    const others = [
      of({ queues: queues(2) }),
      of({ queues: [...queues(2), queue(2, 1)] }),
      of({ leftOut: [{ id: "x", path: "p" }] }),
      of({ leftOut: [{ path: "p" }] }),
    ];
    expect(new Set([of(), ...others]).size).toBe(5);
  });

  it("does not see where or why a queue was left out, nor in which order", () => {
    const of = (...leftOut: MapPage["leftOut"]) => contentHash({ queues: [], leftOut });
    expect(of({ id: "a", path: "p" }, { id: "b", path: "q" })).toBe(of({ id: "b", path: "r" }, { id: "a", path: "s" }));
  });

  it("is what stored pointers have", () => {
    expect(contentHash({ queues: [queue(1)], leftOut: [] })).toBe(
      "83d5daa0f0eb4d0102b4f332867337cf5fb87b4b97a6cbd664ca18c1c06ff1f2",
    );
  });
});

describe("constants of a refresh", () => {
  it("are 100 queues a page, kept for 30 days, under versions that sort by time", () => {
    expect([queuesPerPage, pagesKeptFor, versionOf("2026-01-05T09:00:00Z", "run", 2), publishedKey]).toStrictEqual([
      100,
      30 * day,
      "2026-01-05T09:00:00Z#run#2",
      { version: { S: "published" }, page: { N: "0" } },
    ]);
  });
});

describe("RefreshProgress", () => {
  it("is what the machine carries, and nothing else", () => {
    const full = { page: 1, listing: 1, total: 0, force: false, version: "v", incomplete: 2 };
    expect(RefreshProgress.decode({ ...full, more: 1 })).toMatchObject({ _tag: "Right", right: full });
    for (const name of ["page", "listing", "total", "force", "version"]) {
      expect(RefreshProgress.is({ ...full, [name]: {} })).toBe(false);
    }
    expect([RefreshProgress.is({ ...full, incomplete: "2" }), RefreshProgress.name]).toStrictEqual([
      false,
      "RefreshProgress",
    ]);
  });
});

describe("pages of a map", () => {
  const resolved = { priority: 5, rule: 2, maxEvents: undefined, perSeconds: undefined };

  it("have of a queue what admission needs, and its id where it has no name", () => {
    expect([
      toMapped({ id: "q", name: "Billing", scoringMethod: "x" }, resolved),
      toMapped({ id: "q" }, { ...resolved, maxEvents: 7, perSeconds: 10 }),
    ]).toStrictEqual([
      { id: "q", name: "Billing", priority: 5, rule: 2 },
      { id: "q", name: "q", priority: 5, rule: 2, maxEvents: 7, perSeconds: 10 },
    ]);
  });

  it("are read back as they were written", () => {
    const page: MapPage = {
      queues: [queue(1), { ...queue(2), maxEvents: 3, perSeconds: 2 }],
      leftOut: [{ path: "p", id: "i" }],
    };
    expect(decodePage(encodePage(page))).toStrictEqual({ _tag: "Right", right: page });
    const more = JSON.stringify([{ ...queue(1), more: 1 }]);
    expect(decodePage({ queues: more, leftOut: "[]" })).toMatchObject({ right: { queues: [queue(1)] } });
  });

  it.each([
    ["no JSON", { queues: "x", leftOut: "[]" }],
    ["no queues", { queues: "{}", leftOut: "[]" }],
    ["queues without a priority", { queues: '[{"id":"q","name":"n","rule":1}]', leftOut: "[]" }],
    [
      "queues with a limit that is none",
      { queues: '[{"id":"q","name":"n","priority":1,"rule":1,"maxEvents":"3"}]', leftOut: "[]" },
    ],
    ["no list of what is left out", { queues: "[]", leftOut: "x" }],
    ["anything else left out", { queues: "[]", leftOut: "[5]" }],
  ])("with %s cannot be read", (_, texts) => {
    expect(decodePage(texts)).toStrictEqual({ _tag: "Left", left: "a page holds something else than queues" });
  });
});
