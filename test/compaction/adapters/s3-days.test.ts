import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { s3Days } from "../../../src/compaction/adapters/s3-days.ts";
import { conversationTopics } from "../../../src/event/event-type.ts";
import { type Answer, answeringCloud, objectFailure } from "../../support/cloud/answering-cloud.ts";

const dt = "2026-01-05";
const types = [...conversationTopics, "conversation", "other"];

const listing = (sizes: ReadonlyArray<number>, next?: string, keys: ReadonlyArray<string> = []): Answer => ({
  status: 200,
  body: `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${
    next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`
  }${sizes.map((size, index) => `<Contents><Key>${keys[index] ?? index}</Key><Size>${size}</Size></Contents>`).join("")}</ListBucketResult>`,
});

const marker = (text: string): Answer => ({ status: 200, body: text });
const published = (version: string, objects: string, publishedAt: string): Answer =>
  marker(JSON.stringify({ dt, version, objects, publishedAt }));

interface Given {
  /** Answers of the listings of lines, in their order; the others are empty. */
  readonly listings?: ReadonlyArray<Answer>;
  readonly markers?: ReadonlyArray<Answer>;
}

const keysOf = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `compacted/days/${dt}.${index}.json`);

describe("a day in S3", () => {
  const cloud = answeringCloud();
  const read = ({ listings = [], markers = [] }: Given) => {
    const lines = [...listings];
    const left = [...markers];
    cloud.answer(({ operation }) => {
      if (!operation.includes("list-type=2")) return left.shift() ?? objectFailure(404, "NoSuchKey");
      if (operation.includes("compacted"))
        return listing(
          keysOf(markers.length).map(() => 1),
          undefined,
          keysOf(markers.length),
        );
      return lines.shift() ?? listing([]);
    });
    return s3Days(cloud.s3(), "events").readDay(dt)();
  };
  const listed = () =>
    cloud
      .calls()
      .filter(({ operation }) => operation.includes("list-type=2"))
      .map(({ operation }) => new URLSearchParams(operation.split("?")[1]));

  it("is all that lies under its date, of each type and of what was set aside, over all pages", async () => {
    expect(await read({ listings: [listing([10, 20], "more"), listing([5]), listing([7])] })).toStrictEqual(
      E.right({ objects: "4 objects, 42 bytes", compacted: undefined }),
    );
    expect(listed().map((query) => query.get("prefix"))).toStrictEqual([
      `type=${types[0]}/dt=${dt}/`,
      ...types.map((type) => `type=${type}/dt=${dt}/`),
      `excess=acd.start/dt=${dt}/`,
      `compacted/days/${dt}.`,
    ]);
    expect(listed()[1]?.get("continuation-token")).toBe("more");
  });

  it("has of its Parquet what the marker says that was published last", async () => {
    const markers = [
      published("v-1", "1 objects, 5 bytes", "2026-01-08T02:00:00.000Z"),
      published("v-3", "3 objects, 9 bytes", "2026-01-10T02:00:00.000Z"),
      published("v-2", "2 objects, 7 bytes", "2026-01-10T02:00:00.000Z"),
    ];
    expect(await read({ markers })).toStrictEqual(E.right({ objects: "", compacted: "3 objects, 9 bytes" }));
    expect(
      cloud
        .calls()
        .slice(-3)
        .map(({ operation }) => operation.split("?")[0]),
    ).toStrictEqual(keysOf(3).map((key) => `GET /events/${key}`));
  });

  it.each([
    [marker("not JSON")],
    [marker('{"dt":"2026-01-05"}')],
    [marker("[]")],
    [marker("")],
    [objectFailure(404, "NoSuchKey")],
  ])("is not compacted, and so will be, when its marker is %j", async (answer) => {
    expect(await read({ markers: [answer] })).toStrictEqual(E.right({ objects: "", compacted: undefined }));
  });

  it.each([
    ["a listing", { listings: [objectFailure(403, "AccessDenied")] }],
    ["a marker", { markers: [objectFailure(403, "AccessDenied")] }],
  ])("is unavailable when %s is refused", async (_, given) => {
    expect(await read(given)).toStrictEqual(
      E.left({ _tag: "DaysUnavailable", reason: "AccessDenied: a failure of the test" }),
    );
  });
});

describe("the days in S3", () => {
  const cloud = answeringCloud();
  const page = (content: string): Answer => ({ status: 200, body: `<ListBucketResult>${content}</ListBucketResult>` });
  const folder = (prefix: string): string => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`;

  it("are the dates of all types and of what was set aside, each once, and nothing else", async () => {
    const answers: Readonly<Record<string, string>> = {
      "type=acd.start/": folder("type=acd.start/dt=2026-01-05/") + folder("type=acd.start/dt=2026-01-06/"),
      "type=other/": folder("type=other/dt=2026-01-06/") + folder("type=other/dt=late/"),
      "excess=acd.start/": folder("excess=acd.start/dt=2026-01-04/"),
    };
    cloud.answer(({ operation }) => {
      const query = new URLSearchParams(operation.split("?")[1]);
      return page(query.get("delimiter") === "/" ? (answers[query.get("prefix") ?? ""] ?? "") : folder("no delimiter"));
    });
    expect(await s3Days(cloud.s3(), "events").listDays()).toStrictEqual(
      E.right(["2026-01-05", "2026-01-06", "2026-01-04"]),
    );
    expect(cloud.calls()).toHaveLength(types.length + 1);
  });

  it("are compacted as the names and the times of their markers say", async () => {
    const contents = ["2026-01-05.a", "2026-01-05.b", "2026-01-06.c"].map(
      (name, index) =>
        `<Contents><Key>compacted/days/${name}.json</Key><LastModified>2026-01-1${index}T00:00:00.000Z</LastModified></Contents>`,
    );
    cloud.answer(page(contents.join("")));
    expect(await s3Days(cloud.s3(), "events").listCompacted()).toStrictEqual(
      E.right([
        { dt: "2026-01-05", publishedAt: Date.parse("2026-01-10T00:00:00Z") },
        { dt: "2026-01-05", publishedAt: Date.parse("2026-01-11T00:00:00Z") },
        { dt: "2026-01-06", publishedAt: Date.parse("2026-01-12T00:00:00Z") },
      ]),
    );
    expect(new URLSearchParams(cloud.calls()[0]?.operation.split("?")[1]).get("prefix")).toBe("compacted/days/");
  });

  it("cannot be listed when S3 refuses", async () => {
    cloud.answer(objectFailure(403, "AccessDenied"));
    const refused = E.left({ _tag: "DaysUnavailable", reason: "AccessDenied: a failure of the test" });
    const days = s3Days(cloud.s3(), "events");
    expect([await days.listDays(), await days.listCompacted()]).toStrictEqual([refused, refused]);
  });
});
