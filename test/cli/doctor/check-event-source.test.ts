import { describe, expect, it } from "vitest";
import { checkEventSource } from "../../../cli/doctor/check-event-source.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const name = "aws.partner/genesys.com/cloud/o/routing-events-prod";
const expires = Date.UTC(2026, 0, 19) / 1000;

describe("checkEventSource", () => {
  const cloud = answeringCloud();
  const verdictOf = async (eventSourceName = name) => {
    const outputs = await readStackOutputs({ outputs: await outputsAt(cloud.endpoint()) });
    const { verdict, found } = await checkEventSource({ ...outputs, eventSourceName });
    return [verdict, found];
  };

  it.each([
    ["ok", { State: "ACTIVE" }, `${name} is associated with the bus`],
    [
      "warning",
      { State: "ACTIVE", ExpirationTime: expires },
      `${name} is about to expire; Genesys deletes it on 2026-01-19T00:00:00.000Z`,
    ],
    [
      "problem",
      { State: "PENDING", ExpirationTime: expires },
      `${name} waits for a bus; Genesys deletes it on 2026-01-19T00:00:00.000Z`,
    ],
    ["problem", { State: "PENDING" }, `${name} waits for a bus`],
    ["problem", { State: "DELETED" }, `${name} was deleted by Genesys`],
  ])("says %s of a source that is %j", async (verdict, source, found) => {
    cloud.answer(ok(source));
    expect(await verdictOf()).toStrictEqual([verdict, found]);
    expect(cloud.calls()).toMatchObject([{ operation: "DescribeEventSource", input: { Name: name } }]);
  });

  it("asks nothing of a custom bus, and names a problem where AWS knows no such source", async () => {
    const [verdict] = await verdictOf("");
    expect([verdict, cloud.calls()]).toStrictEqual(["ok", []]);
    cloud.answer(failure(400, "ResourceNotFoundException"));
    expect((await verdictOf())[0]).toBe("problem");
  });
});
