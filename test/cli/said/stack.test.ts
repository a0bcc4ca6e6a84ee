import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answeringCloud } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";
import { saidBy } from "../../support/cloud/said.ts";
import { answerOf, healthy, mapOf, now, partner, queue, sick, topics, type World } from "../../support/cloud/world.ts";

describe("what commands say of a stack", () => {
  const cloud = answeringCloud();
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  /** What it asked, with the bodies that say more than their names. */
  const asked = (): ReadonlyArray<string> =>
    cloud.calls().flatMap(({ operation, input }) => {
      // How often a refresh is looked at meanwhile depends on the machine.
      if (input["IndexName"] === "run") return [];
      const body = typeof input["body"] === "string" ? input["body"] : JSON.stringify(input);
      return [`${operation} ${operation.includes("oauth") ? "" : body}`.trim()];
    });

  const said = async (world: World, outputs: object, ...commands: ReadonlyArray<ReadonlyArray<string>>) => {
    const others = { genesysUrl: cloud.endpoint(), eventSourceName: partner, topics, ...outputs };
    const file = await outputsAt(cloud.endpoint(), others);
    const texts: string[] = [];
    for (const args of commands) {
      const before = asked().length;
      cloud.answer((call) => {
        const isRefreshed = cloud.calls().some(({ operation }) => operation === "StartSyncExecution");
        return answerOf(
          isRefreshed && world.refreshed !== undefined ? { ...world, map: world.refreshed } : world,
          call,
        );
      });
      texts.push(await saidBy(file, args, () => asked().slice(before)));
    }
    return texts.join("\n");
  };

  it.each<[string, World, object]>([
    ["healthy", healthy, {}],
    ["sick", sick, {}],
    ["new", { mapping: "Creating", source: { State: "PENDING" }, topics: [], queues: 3 }, {}],
    ["custom", { mapping: "Enabling" }, { eventSourceName: "", refreshMachineArn: "", genesysSecretArn: "" }],
    ["denied", { ...healthy, denied: ["DescribeTable", "GET /2015", "GetSecretValue", "DescribeEventSource"] }, {}],
    ["foreign", { ...healthy, source: { State: "DELETED" } }, { genesysUrl: "https://example.com" }],
  ])("that is %s", async (name, world, outputs) => {
    // What is denied ends `status` early, and leaves requests behind.
    const commands = name === "denied" ? ["doctor"] : ["doctor", "status"];
    const looks = commands.flatMap((command) => [[command], [command, "--json"]]);
    await expect(await said(world, outputs, ...looks)).toMatchFileSnapshot(`stack/${name}.txt`);
  });

  it("of its queues", async () => {
    const odd = {
      ...mapOf(
        queue("q-1", "VIP", 10, 1),
        queue("q-2", "Sales", 3, 2),
        queue("q-3", "Other", 1, 0),
        queue("q-4", "vip ", 5, 3),
      ),
      leftOut: Array.from({ length: 6 }, (_, at) => ({
        path: `/entities/${at}/name`,
        ...(at === 0 ? {} : { id: `q-9${at}` }),
      })),
    };
    const rules = {
      priorityRules: [
        { name: "VIP*", priority: 10 },
        { scoringMethod: "PriorityOnly", priority: 3 },
      ],
    };
    const text = await said(
      { ...healthy, map: odd },
      rules,
      ["map", "show"],
      ["map", "show", "--json"],
      ["map", "explain", "VIP"],
      ["map", "explain", "q-3"],
      ["map", "explain", "q-2", "--json"],
      ["map", "explain", "nobody"],
      ["doctor"],
    );
    const none = await said({}, {}, ["map", "show"], ["map", "show", "--json"]);
    await expect(`${text}\n${none}`).toMatchFileSnapshot("stack/queues.txt");
  });

  it.each<[string, object]>([
    ["succeeded", { status: "SUCCEEDED", output: "{}" }],
    ["timed-out", { status: "TIMED_OUT" }],
    [
      "refused",
      {
        status: "FAILED",
        error: "GenesysRefused",
        cause: JSON.stringify({
          errorMessage: JSON.stringify({ status: 403, code: "missing.permission", message: "no", contextId: "c-1" }),
        }),
      },
    ],
    [
      "halved",
      { status: "FAILED", error: "RefreshRefused", cause: JSON.stringify({ errorMessage: '{"reason":"half"}' }) },
    ],
    ["failed", { status: "FAILED", error: "RefreshFailed", cause: JSON.stringify({ errorMessage: "plain" }) }],
    ["slow", { status: "FAILED", error: "GenesysTooSlow", cause: "not JSON" }],
    ["unreadable", { status: "FAILED", error: "GenesysUnreadable" }],
  ])("whose map refresh has %s", async (name, execution) => {
    const text = await said({ ...healthy, execution }, {}, ["map", "refresh"], ["map", "refresh", "--force", "--json"]);
    await expect(text).toMatchFileSnapshot(`refresh/${name}.txt`);
  });

  it("whose map another one has replaced", async () => {
    const added = Array.from({ length: 20 }, (_, at) => queue(`q-1${at}`, `New ${at}`, 1, 0));
    const refreshed = mapOf(queue("q-1", "VIP", 12, 1), queue("q-2", "Sales", 3, 2), ...added);
    const world = { ...healthy, execution: { status: "SUCCEEDED" }, refreshed };
    const texts = [await said(world, {}, ["map", "refresh"]), await said(world, {}, ["map", "show"])];
    await expect(texts.join("\n")).toMatchFileSnapshot("refresh/changed.txt");
  });

  it("that has no organisation, of whose queues nothing is known", async () => {
    const text = await said(healthy, { refreshMachineArn: "" }, ["map", "refresh"]);
    await expect(text).toMatchFileSnapshot("refresh/without.txt");
  });

  it("to which events come again", async () => {
    const archive = { archiveArn: "arn:archive", busArn: "arn:bus", ruleArn: "arn:rule" };
    const times = ["--from", "2026-01-03 09:00", "--to", "2026-01-04T10:00:00+01:00"];
    const text = await said(
      healthy,
      archive,
      ["replay", ...times],
      ["replay", ...times, "--force", "--json"],
      ["replay", "--from", "30m", "--to", "now"],
      ["replay", "--from", "30m", "--to", "10m"],
      ["replay", "--from", "5m", "--to", "2026-01-06"],
      ["replay", "--from", "5m", "--to", "6m"],
    );
    const without = await said(healthy, { archiveArn: "" }, ["replay", ...times]);
    await expect(`${text}\n${without}`).toMatchFileSnapshot("stack/replay.txt");
  });

  it("that is not there yet", async () => {
    const beforeUp = (...config: ReadonlyArray<string>) => [
      "doctor",
      "--before-up",
      "--stack",
      "dev",
      ...config.flatMap((each) => ["--config", each]),
    ];
    const reserving = 'floodgate:lambda={"reserveConcurrency":true}';
    const accounts = [
      { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 },
      { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
      { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 120 },
    ];
    const texts: string[] = [];
    for (const limits of accounts) {
      const world = { ...healthy, account: { AccountLimit: limits } };
      texts.push(
        await said(
          world,
          {},
          beforeUp(),
          beforeUp(reserving),
          beforeUp('floodgate:delivery={"quotaMebibytesPerSecond":9}'),
        ),
      );
    }
    texts.push(await said({ ...healthy, denied: ["GET /2016"] }, {}, beforeUp(), beforeUp("floodgate:retry=nonsense")));
    await expect(texts.join("\n")).toMatchFileSnapshot("stack/before-up.txt");
  });
});
