import { describe, expect, it } from "vitest";
import { Objects } from "../../../local/models/objects.ts";
import { newFolder } from "../../support/local-run.ts";

const objects = new Objects(newFolder());
const keys = ["a/b/1", "a/b/2", "a/bc/3", "ab", "type=x/dt=2026-01-05/shard=0/y.gz"];
for (const key of keys) objects.put("bucket", key, Buffer.from(key));
objects.put("other-bucket", "a/b/4", Buffer.from(""));

describe("the listing of a bucket", () => {
  it.each<[string, ReadonlyArray<string>]>([
    ["", keys],
    ["a", ["a/b/1", "a/b/2", "a/bc/3", "ab"]],
    ["a/", ["a/b/1", "a/b/2", "a/bc/3"]],
    ["a/b", ["a/b/1", "a/b/2", "a/bc/3"]],
    ["a/b/", ["a/b/1", "a/b/2"]],
    ["a/b/1", ["a/b/1"]],
    ["type=x/dt=2026-01-0", ["type=x/dt=2026-01-05/shard=0/y.gz"]],
    ["a/nothing/", []],
    // An object is no folder.
    ["ab/", []],
    ["a//b/", []],
    ["./a/", []],
    ["../other-bucket/a/", []],
    ["a/../../other-bucket/", []],
    ["a\u0000/b/", []],
    [`${"x".repeat(900)}/`, []],
  ])("has of the prefix %j %j", (prefix, found) => {
    expect(objects.list("bucket", prefix)).toStrictEqual(found);
  });

  it("is empty where there is no bucket", () => {
    expect(objects.list("no-bucket", "")).toStrictEqual([]);
  });
});
