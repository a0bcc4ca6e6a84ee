import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamodbAdmissionLog } from "../../src/admission/adapters/dynamodb-admission-log.ts";
import { minuteName, minuteOf, queueBytes } from "../../src/admission/admission-log.ts";
import { clientOf, type Dev, floodgate, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

const queueId = "90000008-0000-4000-8000-000000000008";

// A story on one running stack: its scenes follow each other, whatever order is asked for.
describe("the commands against a running floodgate dev", { shuffle: false }, () => {
  let dev: Dev;
  const at = () => ["--outputs", dev.outputs];

  beforeAll(async () => {
    dev = await startDev(newFolder());
  });
  afterAll(() => dev.stop());

  it("lets nobody else read its outputs, which have a key to everything here", () => {
    expect([statSync(dev.outputs).mode & 0o777, statSync(join(dev.outputs, "..")).mode & 0o777]).toStrictEqual([
      0o600, 0o700,
    ]);
  });

  it("says that there is no map before the first refresh", async () => {
    const ended = await floodgate("map", "show", ...at());
    expect([ended.code, ended.stdout]).toStrictEqual([1, "No map was ever published: npx floodgate map refresh\n"]);
  });

  it("refreshes the map by a state machine execution and tells what changed", async () => {
    const first = await floodgate("map", "refresh", ...at());
    expect([first.code, first.stderr]).toStrictEqual([0, ""]);
    expect(first.stdout).toMatch(/^Refreshed in .*: 200 queues, 200 added, 0 removed, 0 with another priority\n/);
    const second = await floodgate("map", "refresh", "--json", ...at());
    expect([second.code, JSON.parse(second.stdout)]).toMatchObject([
      0,
      { status: "SUCCEEDED", queues: 200, changed: 0 },
    ]);
  });

  it("shows the map, and explains which rule gave a queue its priority", async () => {
    const shown = await floodgate("map", "show", "--json", ...at());
    expect(JSON.parse(shown.stdout).queues).toHaveLength(200);
    const explained = await floodgate("map", "explain", "vip 8", ...at());
    expect(explained.stdout).toBe(
      `VIP 8 (${queueId}) has priority 3, because rule 4 matches: {"scoringMethod":"TimestampAndPriority","priority":3}\n` +
        '  its name is compared as "vip 8"\n',
    );
    const none = await floodgate("map", "explain", "Billing 10", ...at());
    expect(none.stdout).toContain("has priority 1, because no rule matches it");
    const unknown = await floodgate("map", "explain", "Nowhere", ...at());
    expect([unknown.code, unknown.stderr]).toStrictEqual([
      1,
      "The published map knows no queue Nowhere; npx floodgate map show lists them.\n",
    ]);
  });

  it("counts per queue and minute what admission dropped", async () => {
    const client = new DynamoDBClient(clientOf(dev));
    const now = Date.now();
    const minute = minuteName(minuteOf(now));
    const queue = queueBytes(queueId);
    const entries = [
      { queue, second: 1, decision: "admitted", key: 1 },
      { queue, second: 1, decision: "rateLimited", key: 2 },
      { queue, second: 2, decision: "lowPriority", key: 3 },
      { queue: queueBytes("another"), second: 2, decision: "admitted", key: 4 },
    ] as const;
    await dynamodbAdmissionLog({ dynamoDb: client, table: "admission-log" }).appendToLog(minute, {
      n: 1,
      expiresAt: now + 1e9,
      entries,
    })();
    const one = await floodgate("dropped", "--queue", "VIP 8", "--since", "10m", "--json", ...at());
    expect(JSON.parse(one.stdout)).toStrictEqual({
      from: expect.stringMatching(/Z$/),
      to: expect.stringMatching(/Z$/),
      minutes: [{ minute, queueId, name: "VIP 8", seen: 3, admitted: 1, lowPriority: 1, rateLimited: 1 }],
    });
    const all = await floodgate("dropped", "--since", "10m", ...at());
    expect(all.stdout.trim().split("\n")).toHaveLength(4);
    client.destroy();
  });

  it.each([
    [["map"], 2, "map takes refresh, show or explain"],
    [["map", "refresh"], 2, "name the stack: --stack NAME"],
    [["map", "refresh", "--outputs", "nowhere.json"], 2, "there is no such file"],
    [["map", "explain"], 2, "name a queue"],
    [
      ["dropped", "--since", "yesterday", "--outputs", "nowhere.json"],
      2,
      "--since yesterday: use a duration such as 90m",
    ],
  ])("answers %j with exit code %i and a line that helps", async (args, code, line) => {
    const ended = await floodgate(...args);
    expect([ended.code, ended.stdout]).toStrictEqual([code, ""]);
    expect(ended.stderr).toContain(line);
  });

  it("leaves no outputs behind", async () => {
    const other = await startDev(newFolder());
    expect(existsSync(other.outputs)).toBe(true);
    await other.stop();
    expect(existsSync(other.outputs)).toBe(false);
  });
});
