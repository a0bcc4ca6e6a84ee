import { describe, expect, it } from "vitest";
import { listErrorObjects } from "../../../cli/failed/error-objects.ts";
import { connectStack } from "../../../cli/stack/stack.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { type Answer, answeringCloud } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const page = (keys: ReadonlyArray<string>, next?: string): Answer => ({
  status: 200,
  body: `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${
    next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`
  }${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`,
});

describe("objects of records that Firehose has given up on", () => {
  const cloud = answeringCloud();

  it("are all that lie under errors/, over all pages of the listing", async () => {
    cloud.answer(page(["errors/a", "errors/b"], "more"), page([], "still more"), page(["errors/c"]));
    const stack = connectStack(await readStackOutputs({ outputs: await outputsAt(cloud.endpoint()) }));
    expect(await listErrorObjects(stack)).toStrictEqual(["errors/a", "errors/b", "errors/c"]);
    const asked = cloud.calls().map(({ operation }) => new URLSearchParams(operation.split("?")[1]));
    expect(asked.map((query) => [query.get("prefix"), query.get("continuation-token")])).toStrictEqual([
      ["errors/", null],
      ["errors/", "more"],
      ["errors/", "still more"],
    ]);
  });
});
