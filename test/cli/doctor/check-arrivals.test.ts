import { afterEach, describe, expect, it, vi } from "vitest";
import { checkArrivals } from "../../../cli/doctor/check-arrivals.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const now = Date.parse("2026-01-05T12:00:00Z");
const partner = "aws.partner/genesys.com/cloud/organisation/suffix";

describe("what doctor says of arrivals", () => {
  const cloud = answeringCloud();
  afterEach(() => vi.restoreAllMocks());

  const check = async (eventSourceName: string) => {
    vi.spyOn(Date, "now").mockReturnValue(now);
    const outputs = await readStackOutputs({ outputs: await outputsAt(cloud.endpoint(), { eventSourceName }) });
    const { verdict, found, advice } = await checkArrivals(outputs);
    return [verdict, found, advice?.includes("is the integration in Genesys Cloud active") ?? false];
  };
  const lastAt = (last: string | undefined) =>
    cloud.answer(ok(last === undefined ? {} : { Item: { chunkId: { S: "arrival#last" }, last: { S: last } } }));

  it.each([
    [partner, undefined, ["warning", "no event has arrived yet", true]],
    [partner, "2026-01-05T10:59:59.000Z", ["warning", "the last event came 1 h 0 min ago", true]],
    [partner, "2026-01-05T11:00:00.000Z", ["ok", "the last event came 1 h 0 min ago", false]],
    // Nobody feeds a bus of the stack's own by itself.
    ["", undefined, ["ok", "no event has arrived yet", false]],
    ["", "2026-01-05T09:00:00.000Z", ["ok", "the last event came 3 h 0 min ago", false]],
  ])("of %j, last event %s, is %j", async (source, last, said) => {
    lastAt(last);
    expect(await check(source)).toStrictEqual(said);
  });

  it("is a problem when the table cannot be read", async () => {
    cloud.answer(failure(400, "AccessDeniedException", "no"));
    expect((await check(partner))[0]).toBe("problem");
  });
});
