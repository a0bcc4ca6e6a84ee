import { describe, expect, it } from "vitest";
import { checkMap } from "../../../cli/doctor/check-map.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { encodePage, type MapPage } from "../../../src/priorities/priority-map.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const hour = 60 * 60_000;
const day = 24 * hour;
const vip = { id: "q-1", name: "VIP", priority: 10, rule: 1 };
const page: MapPage = { queues: [vip], leftOut: [] };

describe("what doctor says of the map", () => {
  const cloud = answeringCloud();
  const check = async (others: object = {}) =>
    checkMap(await readStackOutputs({ outputs: await outputsAt(cloud.endpoint(), { refreshMinutes: 15, ...others }) }));

  /** A published map of one page that was confirmed some time ago. */
  const confirmed = (millisecondsAgo: number, of: MapPage = page): void => {
    const at = new Date(Date.now() - millisecondsAgo).toISOString();
    const { queues, leftOut } = encodePage(of);
    const number = (value: number) => ({ N: String(value) });
    cloud.answer((call) =>
      call.operation === "GetItem"
        ? ok({
            Item: {
              version: { S: "published" },
              page: number(0),
              pointsTo: { S: "v-1" },
              pages: number(1),
              queueCount: number(of.queues.length),
              contentHash: { S: "hash" },
              publishedAt: { S: at },
              checkedAt: { S: at },
            },
          })
        : ok({ Items: [{ version: { S: "v-1" }, page: number(1), queues: { S: queues }, leftOut: { S: leftOut } }] }),
    );
  };

  it.each([
    [10 * 60_000, "ok"],
    [44 * 60_000, "ok"],
    // Three refreshes in a row have failed.
    [46 * 60_000, "warning"],
    [6 * day, "warning"],
    [7 * day + hour, "problem"],
    [30 * day, "problem"],
  ])("confirmed %i ms ago is %s", async (ago, verdict) => {
    confirmed(ago);
    expect(await check()).toMatchObject({ verdict, found: expect.stringMatching(/^1 queues, confirmed .* ago$/) });
  });

  it.each<[string, MapPage, RegExp]>([
    ["queues that are left out", { ...page, leftOut: [{ path: "/1/name", id: "q-9" }] }, /1 left out/],
    ["queues of the same name", { ...page, queues: [vip, { ...vip, id: "q-2" }] }, /several queues .*: "VIP"$/],
  ])("is a warning about %s", async (_, of, found) => {
    confirmed(0, of);
    expect(await check()).toMatchObject({ verdict: "warning", found: expect.stringMatching(found) });
  });

  it("is a problem when there is none, or when nobody can look, and is not asked for without Genesys", async () => {
    cloud.answer(ok({}));
    expect(await check()).toMatchObject({ verdict: "problem", advice: "npx floodgate map refresh" });
    cloud.answer(failure(400, "AccessDeniedException", "no"));
    expect((await check()).verdict).toBe("problem");
    expect((await check({ refreshMachineArn: "" })).verdict).toBe("skipped");
  });
});
