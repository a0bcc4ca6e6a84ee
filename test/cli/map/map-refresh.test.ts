import { describe, expect, it } from "vitest";
import { refresh } from "../../../cli/map/map-refresh.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

describe("map refresh", () => {
  const cloud = answeringCloud();

  it.each([
    ["SUCCEEDED", 0],
    ["FAILED", 1],
    ["TIMED_OUT", 1],
  ])("of a run that ended as %s ends with %i", async (status, code) => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(({ operation }) => {
      if (operation === "StartSyncExecution") return ok({ executionArn: "a", startDate: 1, stopDate: 2, status });
      return operation === "GetItem" || operation === "Query" ? ok({}) : failure(501, "NotExpected");
    });
    expect(await refresh(["--outputs", file, "--json"])).toBe(code);
  });
});
