import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { command } from "../../cli/replay.ts";
import { answeringCloud, ok } from "../support/cloud/answering-cloud.ts";
import { outputsAt } from "../support/cloud/outputs-at.ts";

const second = (iso: string): number => Date.parse(iso) / 1_000;

describe("floodgate replay", () => {
  const cloud = answeringCloud();
  afterEach(() => vi.useRealTimers());

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

  it("sends the archive to the stack's own rule alone, as nobody else on the bus asked for it", async () => {
    const file = await outputsAt(cloud.endpoint());
    const outputs = {
      ...JSON.parse(readFileSync(file, "utf8")),
      archiveArn: "arn:a",
      busArn: "arn:b",
      ruleArn: "arn:r",
    };
    writeFileSync(file, JSON.stringify(outputs));
    cloud.answer(({ operation }) => ok(operation === "DescribeReplay" ? { State: "COMPLETED" } : {}));
    await command.run(["--from", "2026-01-05T09:00:00Z", "--to", "2026-01-05T10:00:00Z", "--outputs", file, "--json"]);
    expect(cloud.calls()[0]?.input).toMatchObject({
      EventSourceArn: "arn:a",
      Destination: { Arn: "arn:b", FilterArns: ["arn:r"] },
    });
  });

  it("waits with --wait until the archive is sure to have everything, and begins no replay before", async () => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(({ operation }) => ok(operation === "DescribeReplay" ? { State: "COMPLETED" } : {}));
    const began = Date.UTC(2026, 0, 5, 9);
    vi.useFakeTimers({ now: began, toFake: ["Date", "setTimeout"] });
    const ended = command.run(["--from", "10m", "--to", "5m", "--wait", "--outputs", file, "--json"]);
    const startedAt = new Promise<number>((resolve) => {
      cloud.answer(({ operation }) => {
        if (operation === "StartReplay") resolve(Date.now());
        return ok(operation === "DescribeReplay" ? { State: "COMPLETED" } : {});
      });
    });
    let isOver = false;
    void ended.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The events of five minutes ago are sure to be there five minutes from now.
    expect(await startedAt).toBeGreaterThanOrEqual(began + 5 * 60_000);
    expect(await ended).toBe(0);
  });
});
