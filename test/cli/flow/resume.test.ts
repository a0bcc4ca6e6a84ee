import { describe, expect, it } from "vitest";
import { command } from "../../../cli/flow/resume.ts";
import { answeringCloud, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const open = (by: string) => ({
  Item: { chunkId: { S: "x" }, openedAt: { S: "2026-01-05T09:00:00.000Z" }, reason: { S: "r" }, by: { S: by } },
});

describe("floodgate resume", () => {
  const cloud = answeringCloud();

  it.each<[string, ReadonlyArray<"operator" | "sink">, number, ReadonlyArray<string>]>([
    ["switches the flow on although nobody had paused it", [], 0, ["PUT"]],
    ["closes the operator's breaker, and switches the flow on", ["operator"], 0, ["DeleteItem", "PUT"]],
    ["leaves the flow off while nothing gets through to Firehose", ["sink"], 1, []],
    ["closes the operator's breaker and leaves the rest to the canary", ["operator", "sink"], 1, ["DeleteItem"]],
  ])("%s", async (_, breakers, code, changes) => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(({ operation, input }) => {
      if (operation !== "GetItem") return ok();
      const name = breakers.find((each) => JSON.stringify(input).includes(each));
      return ok(name === undefined ? {} : open(name));
    });
    expect(await command.run(["--outputs", file, "--json"])).toBe(code);
    const changed = cloud.calls().filter(({ operation }) => operation !== "GetItem");
    expect(changed.map(({ operation }) => operation.split(" ")[0])).toStrictEqual(changes);
  });
});
