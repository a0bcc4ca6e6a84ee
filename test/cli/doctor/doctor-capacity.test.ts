import { describe, expect, it } from "vitest";
import { checkBeforeUp } from "../../../cli/doctor/before-up.ts";
import { answeringCloud, ok } from "../../support/cloud/answering-cloud.ts";

describe("doctor --before-up, of Lambda's concurrency", () => {
  const cloud = answeringCloud();

  it.each([
    ["enough is left beside what others have reserved", 1_000, 1_000, true, "ok"],
    ["others have reserved so much that less than 100 would stay", 1_000, 120, true, "problem"],
    ["exactly 100 stay", 1_000, 127, true, "ok"],
    ["one less stays", 1_000, 126, true, "problem"],
    ["nothing is reserved, and others have left enough", 1_000, 900, false, "ok"],
    ["nothing is reserved, and an account of three is enough to try things on", 3, 3, false, "warning"],
  ])("where %s", async (_, quota, free, reserves, verdict) => {
    cloud.answer(() => ok({ AccountLimit: { ConcurrentExecutions: quota, UnreservedConcurrentExecutions: free } }));
    const settings = {
      endpoint: cloud.endpoint(),
      region: "eu-central-1",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    };
    const lambda = `floodgate:lambda=${JSON.stringify({ reserveConcurrency: reserves })}`;
    const [found] = await checkBeforeUp("dev", [lambda], settings);
    expect(found).toMatchObject({ check: "Lambda concurrency", verdict });
  });
});
