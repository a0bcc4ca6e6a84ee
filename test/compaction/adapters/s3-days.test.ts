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
  }${sizes.map((size, index) => `<Contents><Key>${index}</Key><Size>${size}</Size></Contents>`).join("")}</ListBucketResult>`,
});

describe("a day in S3", () => {
  const cloud = answeringCloud();
  const read = (...listings: ReadonlyArray<Answer>) => {
    const left = [...listings];
    cloud.answer(() => left.shift() ?? listing([]));
    return s3Days(cloud.s3(), "events").readObjects(dt)();
  };
  const asked = () => cloud.calls().map(({ operation }) => new URLSearchParams(operation.split("?")[1]));

  it("is all that lies under its date, of each type and of what was set aside, over all pages", async () => {
    expect(await read(listing([10, 20], "more"), listing([5]), listing([7]))).toStrictEqual(
      E.right("4 objects, 42 bytes"),
    );
    expect(asked().map((query) => query.get("prefix"))).toStrictEqual([
      `type=${types[0]}/dt=${dt}/`,
      ...types.map((type) => `type=${type}/dt=${dt}/`),
      `excess=acd.start/dt=${dt}/`,
    ]);
    expect(asked()[1]?.get("continuation-token")).toBe("more");
  });

  it("has no text where it has no lines", async () => {
    expect(await read()).toStrictEqual(E.right(""));
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

  describe("are compacted as their markers say", () => {
    const marker = {
      dt,
      version: `${dt}.one`,
      objects: "1 objects, 5 bytes",
      namedAt: "2026-01-09T02:00:00.000Z",
      publishedAt: "2026-01-09T02:05:00.000Z",
    };
    const compacted = {
      dt,
      objects: "1 objects, 5 bytes",
      namedAt: Date.parse(marker.namedAt),
      publishedAt: Date.parse(marker.publishedAt),
    };
    const list = (...texts: ReadonlyArray<string | Answer>) => {
      const keys = texts.map((_, index) => `compacted/days/${dt}.${index}.json`);
      cloud.answer(({ operation }) => {
        if (operation.includes("list-type=2"))
          return page(keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join(""));
        const found = texts[keys.findIndex((key) => operation.startsWith(`GET /events/${key}`))] ?? "";
        return typeof found === "string" ? { status: 200, body: found } : found;
      });
      return s3Days(cloud.s3(), "events").listCompacted();
    };

    it("each of them, however many there are", async () => {
      const many = Array.from({ length: 45 }, () => JSON.stringify(marker));
      expect(await list(...many)).toStrictEqual(E.right(many.map(() => compacted)));
      expect(new URLSearchParams(cloud.calls()[0]?.operation.split("?")[1]).get("prefix")).toBe("compacted/days/");
    });

    it("also where somebody has ended the line", async () => {
      expect(await list(`${JSON.stringify(marker)}\n`)).toStrictEqual(E.right([compacted]));
    });

    it("but not at all when one of them is there and cannot be read: its day would seem to have no Parquet", async () => {
      expect(await list(JSON.stringify(marker), objectFailure(403, "AccessDenied"))).toStrictEqual(
        E.left({ _tag: "DaysUnavailable", reason: "AccessDenied: a failure of the test" }),
      );
    });

    it.each([
      ["not JSON"],
      ["[]"],
      [""],
      [JSON.stringify({ ...marker, version: undefined })],
      [JSON.stringify({ ...marker, publishedAt: "soon" })],
      [JSON.stringify({ ...marker, publishedAt: "1767603620723" })],
      [JSON.stringify(marker, null, 2)],
      [JSON.stringify({ ...marker, namedAt: "soon" })],
      [objectFailure(404, "NoSuchKey")],
    ])("but for one that the views cannot read: %j", async (text) => {
      expect(await list(text, JSON.stringify(marker))).toStrictEqual(E.right([compacted]));
    });
  });

  it("cannot be listed when S3 refuses", async () => {
    cloud.answer(objectFailure(403, "AccessDenied"));
    const refused = E.left({ _tag: "DaysUnavailable", reason: "AccessDenied: a failure of the test" });
    const days = s3Days(cloud.s3(), "events");
    expect([await days.listDays(), await days.listCompacted(), await days.readObjects(dt)()]).toStrictEqual([
      refused,
      refused,
      refused,
    ]);
  });
});
