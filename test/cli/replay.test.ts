import { describe, expect, it } from "vitest";
import { command } from "../../cli/replay.ts";
import { answeringCloud, ok } from "../support/cloud/answering-cloud.ts";
import { outputsAt } from "../support/cloud/outputs-at.ts";

const second = (iso: string): number => Date.parse(iso) / 1_000;

describe("floodgate replay", () => {
  const cloud = answeringCloud();

  it.each([
    ["2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", ["2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"]],
    [
      "2026-01-05T09:00:00Z",
      "2026-01-07T10:30:00Z",
      ["2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z", "2026-01-07T09:00:00Z", "2026-01-07T10:30:00Z"],
    ],
    [
      "2026-01-05T09:00:00Z",
      "2026-01-07T09:00:00Z",
      ["2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z", "2026-01-07T09:00:00Z"],
    ],
  ])("from %s to %s replays that time and no other, a day at a time", async (from, to, ends) => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(({ operation }) => ok(operation === "DescribeReplay" ? { State: "COMPLETED" } : {}));
    expect(await command.run(["--from", from, "--to", to, "--outputs", file, "--json"])).toBe(0);
    const started = cloud.calls().filter(({ operation }) => operation === "StartReplay");
    expect(started.map(({ input }) => [input["EventStartTime"], input["EventEndTime"]])).toStrictEqual(
      ends.slice(1).map((end, index) => [second(ends[index] ?? ""), second(end)]),
    );
  });
});
