import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { s3Days } from "../../../src/compaction/adapters/s3-days.ts";
import { conversationTopics } from "../../../src/event/event-type.ts";
import { type Answer, answeringCloud, objectFailure } from "../../support/cloud/answering-cloud.ts";

const dt = "2026-01-05";
const types = [...conversationTopics, "conversation", "other"];

const listing = (sizes: ReadonlyArray<number>, next?: string): Answer => ({
  status: 200,
  body: `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${
    next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`
  }${sizes.map((size, index) => `<Contents><Key>k${index}</Key><Size>${size}</Size></Contents>`).join("")}</ListBucketResult>`,
});

const marker = (body: string): Answer => ({ status: 200, body });
const rightMarker = marker('{"dt":"2026-01-05","version":"v-1","objects":"1 objects, 5 bytes"}');

describe("a day in S3", () => {
  const cloud = answeringCloud();
  /** Answers of the listings in their order, and of the marker; the other listings are empty. */
  const read = (listings: ReadonlyArray<Answer>, ofMarker: Answer) => {
    const rest = [...listings];
    cloud.answer(({ operation }) => (operation.includes("list-type=2") ? (rest.shift() ?? listing([])) : ofMarker));
    return s3Days(cloud.s3(), "events").readDay(dt)();
  };

  it("is all that lies under its date, of each type and of what was set aside, over all pages", async () => {
    const found = await read([listing([10, 20], "more"), listing([5]), listing([7])], objectFailure(404, "NoSuchKey"));
    expect(found).toStrictEqual(E.right({ objects: "4 objects, 42 bytes", compacted: undefined }));
    const queries = cloud
      .calls()
      .filter(({ operation }) => operation.includes("list-type=2"))
      .map(({ operation }) => new URLSearchParams(operation.split("?")[1]));
    expect(queries.map((query) => query.get("prefix"))).toStrictEqual([
      `type=${types[0]}/dt=${dt}/`,
      ...types.map((type) => `type=${type}/dt=${dt}/`),
      `excess=acd.start/dt=${dt}/`,
    ]);
    expect(queries[1]?.get("continuation-token")).toBe("more");
    expect(cloud.calls().at(-1)?.operation).toMatch(/^GET \/events\/compacted\/days\/2026-01-05\.json/);
  });

  it("has of its Parquet what the marker says", async () => {
    expect(await read([], rightMarker)).toStrictEqual(E.right({ objects: "", compacted: "1 objects, 5 bytes" }));
  });

  it.each([["not JSON"], ['{"dt":"2026-01-05"}'], ["[]"], [""]])(
    "is not compacted, and so will be, when its marker is %j",
    async (text) => {
      expect(await read([], marker(text))).toStrictEqual(E.right({ objects: "", compacted: undefined }));
    },
  );

  it.each([
    ["a listing", objectFailure(403, "AccessDenied"), rightMarker],
    ["the marker", listing([]), objectFailure(403, "AccessDenied")],
  ])("is unavailable when %s is refused", async (_, ofListing, ofMarker) => {
    expect(await read([ofListing], ofMarker)).toStrictEqual(
      E.left({ _tag: "DaysUnavailable", reason: "AccessDenied: a failure of the test" }),
    );
  });
});
