import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { s3ErrorObjects } from "../../../src/retry/adapters/s3-error-objects.ts";
import { answeringCloud, objectFailure } from "../../support/cloud/answering-cloud.ts";

describe("what Firehose has given up on", () => {
  const cloud = answeringCloud();
  const isThere = (content: string) => {
    cloud.answer(() => ({ status: 200, body: `<ListBucketResult>${content}</ListBucketResult>` }));
    return s3ErrorObjects(cloud.s3(), "events").hasErrorObjects();
  };

  it("is there when one object lies anywhere below the stream's error prefix, and one is all that is asked for", async () => {
    const object = "<Contents><Key>errors/processing-failed/2026/01/05/09/x.gz</Key><Size>5</Size></Contents>";
    expect(await isThere(object)).toStrictEqual(E.right(true));
    expect(await isThere("")).toStrictEqual(E.right(false));
    const [path, query] = cloud.calls()[0]?.operation.split("?") ?? [];
    const { "list-type": version, "x-id": _, ...asked } = Object.fromEntries(new URLSearchParams(query));
    expect([path, version, asked]).toStrictEqual([
      expect.stringMatching(/^GET \/events\/?$/),
      "2",
      { prefix: "errors/", "max-keys": "1" },
    ]);
  });

  it("is not known when S3 refuses", async () => {
    cloud.answer(objectFailure(403, "AccessDenied"));
    expect(await s3ErrorObjects(cloud.s3(), "events").hasErrorObjects()).toStrictEqual(
      E.left({ _tag: "ErrorObjectsUnavailable", reason: "AccessDenied: a failure of the test" }),
    );
  });
});
