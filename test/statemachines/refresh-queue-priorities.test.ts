import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../local/clock.ts";
import { type Cloud, startCloud } from "../../local/cloud.ts";
import { type GenesysFault, genesysError, tooManyRequests, unavailable } from "../../local/genesys/local-genesys.ts";
import { organisation, queueId } from "../../local/genesys/organisation.ts";
import type { Execution } from "../../local/models/machines.ts";
import { outageFaults } from "../../local/outages.ts";
import type { Faults } from "../../local/service.ts";
import { devPlan, newFolder, start } from "../support/local-run.ts";

type Items = ReadonlyArray<Readonly<Record<string, { readonly S?: string; readonly N?: string }>>>;

interface SeenMap {
  readonly version: string | undefined;
  readonly isWhole: boolean;
  readonly queues: number;
}

const pollEvery = 20;

const definition: { readonly States: Readonly<Record<string, { readonly Type: string }>> } = JSON.parse(
  readFileSync("statemachines/refresh-queue-priorities.asl.json", "utf8"),
);
const workingStates = Object.entries(definition.States)
  .filter(([, { Type }]) => !["Succeed", "Fail"].includes(Type))
  .map(([name]) => name);

/** A cloud with a Genesys of so many queues; `act` runs in its virtual time. Afterwards every reader saw whole maps. */
const withCloud = async <A>(queues: number, act: (scene: Scene) => Promise<A>): Promise<A> => {
  const plan = await devPlan();
  const clock = virtualClock(start, 1);
  const cloud = await startCloud({ plan, clock, isVirtual: true, out: newFolder() });
  cloud.genesys.organisation = organisation(queues);
  try {
    const scene = new Scene(cloud);
    const answer = await act(scene);
    expect(scene.seen.filter(({ isWhole }) => !isWhole)).toStrictEqual([]);
    return answer;
  } finally {
    cloud.stop();
  }
};

class Scene {
  readonly cloud: Cloud;
  /** What a reader saw that polled all the while. */
  readonly seen: SeenMap[] = [];

  constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  async refresh(input: object = {}) {
    const { execution } = this.cloud.machines.start("refresh-queue-priorities", input);
    this.poll(execution);
    await this.cloud.clock.runUntil(() => execution.status !== "RUNNING");
    const { status, error, lastState, largestStateBytes } = execution;
    return {
      status,
      error,
      lastState,
      largestStateBytes,
      seconds: ((execution.endedAt ?? 0) - execution.startedAt) / 1000,
    };
  }

  /** Reads the map as readers do, pointer first and its pages then, again and again while an execution runs. */
  poll(execution: Execution): void {
    this.cloud.clock.after(pollEvery, () => {
      void this.read().then((map) => {
        if (this.seen.at(-1)?.version !== map.version || !map.isWhole) this.seen.push(map);
        if (execution.status === "RUNNING") this.poll(execution);
      });
    });
  }

  private async read(): Promise<SeenMap> {
    const { tables } = this.cloud;
    const found = (await tables.call("GetItem", {
      TableName: "queue-priorities",
      Key: { version: { S: "published" }, page: { N: "0" } },
    })) as { readonly Item?: Items[number] };
    const version = found.Item?.["pointsTo"]?.S;
    if (version === undefined) return { version, isWhole: true, queues: 0 };
    const pages = (await tables.call("Query", {
      TableName: "queue-priorities",
      KeyConditionExpression: "version = :version",
      ExpressionAttributeValues: { ":version": { S: version } },
    })) as { readonly Items: Items };
    const queues = pages.Items.flatMap((page) => JSON.parse(page["queues"]?.S ?? "[]")).length;
    const isWhole =
      pages.Items.length === Number(found.Item?.["pages"]?.N) && queues === Number(found.Item?.["queueCount"]?.N);
    return { version, isWhole, queues };
  }

  /** The published map as a reader sees it: the pointer, and the queues of all its pages. */
  async published() {
    const items = (await this.cloud.tables.scan("queue-priorities")) as Items;
    const pointer = items.find(({ version }) => version?.S === "published");
    const pages = items.filter(({ version }) => version?.S === pointer?.["pointsTo"]?.S);
    const queues = pages.flatMap((page) => JSON.parse(page["queues"]?.S ?? "[]") as { id: string; name: string }[]);
    return {
      version: pointer?.["pointsTo"]?.S,
      checkedAt: pointer?.["checkedAt"]?.S,
      isWhole:
        pages.length === Number(pointer?.["pages"]?.N ?? 0) &&
        queues.length === Number(pointer?.["queueCount"]?.N ?? 0),
      queues: queues.length,
      names: queues.map(({ name }) => name),
    };
  }

  requests(): number {
    return this.cloud.genesys.counts.requests;
  }
}

/** Ends a container of the function at its first call of an operation, before or after that has happened. */
const crashOnce = (functionName: string, operation: string, when: "before" | "after"): Faults => {
  let isDone = false;
  return (request) => {
    const isIt =
      request.operation === operation && (operation === "genesys.Request" || request.caller.startsWith(functionName));
    if (isDone || !isIt) return undefined;
    isDone = true;
    return { _tag: "Crash", when };
  };
};

/** A fault for the requests for queues, by their number. */
const onQueues = (fault: (nth: number, now: number) => ReturnType<GenesysFault>): GenesysFault => {
  let nth = 0;
  return ({ path }, now) => {
    if (!path.includes("/routing/queues")) return undefined;
    nth += 1;
    return fault(nth, now);
  };
};

describe("refresh-queue-priorities", () => {
  it.each([
    [1, 1],
    [250, 3],
    [5_000, 50],
  ])(
    "publishes %i queues on %i pages whole, in time, with states under 32 KB and one request a page",
    async (queues, pages) => {
      await withCloud(queues, async (scene) => {
        const run = await scene.refresh();
        expect([run.status, run.lastState]).toStrictEqual(["SUCCEEDED", "Published"]);
        expect(await scene.published()).toMatchObject({ queues, isWhole: true });
        expect(scene.requests()).toBe(pages);
        expect(run.largestStateBytes).toBeLessThan(32 * 1024);
        expect(run.seconds).toBeLessThan(240);
      });
    },
  );

  it("stores pages that DynamoDB removes once nobody can read them, and a pointer that stays", async () => {
    await withCloud(150, async (scene) => {
      await scene.refresh();
      const items = (await scene.cloud.tables.scan("queue-priorities")) as Items;
      const days = items.map(({ page, expiresAt }) => [
        page?.N,
        expiresAt?.N === undefined ? undefined : Math.floor((Number(expiresAt.N) - start / 1000) / 86_400),
      ]);
      expect(days.toSorted()).toStrictEqual([
        ["0", undefined],
        ["1", 30],
        ["2", 30],
      ]);
    });
  });

  it("only confirms a map that has not changed, and publishes it anew after a week", async () => {
    await withCloud(150, async (scene) => {
      await scene.refresh();
      const first = await scene.published();
      expect((await scene.refresh()).lastState).toBe("Confirmed");
      const confirmed = await scene.published();
      expect([
        confirmed.version === first.version,
        (confirmed.checkedAt ?? "") > (first.checkedAt ?? ""),
      ]).toStrictEqual([true, true]);
      expect(scene.requests()).toBe(4);
      await scene.cloud.tables.call("UpdateItem", {
        TableName: "queue-priorities",
        Key: { version: { S: "published" }, page: { N: "0" } },
        UpdateExpression: "SET publishedAt = :old",
        ExpressionAttributeValues: { ":old": { S: new Date(start - 8 * 24 * 3_600_000).toISOString() } },
      });
      expect((await scene.refresh()).lastState).toBe("Published");
      expect((await scene.published()).version).not.toBe(first.version);
    });
  });

  it("waits as long as Genesys asks in the middle of a listing, and not less", async () => {
    await withCloud(250, async (scene) => {
      scene.cloud.genesys.fault = onQueues((nth) => (nth === 2 ? tooManyRequests(42) : undefined));
      const run = await scene.refresh();
      expect([run.lastState, run.seconds >= 42, scene.cloud.genesys.counts.tooEarly]).toStrictEqual([
        "Published",
        true,
        0,
      ]);
    });
  });

  it("ends in its own way when waits add up to more than its budget, though none alone is long", async () => {
    await withCloud(5_000, async (scene) => {
      scene.cloud.genesys.fault = onQueues((nth) => (nth % 2 === 1 ? tooManyRequests(20) : undefined));
      const run = await scene.refresh();
      expect([run.status, run.lastState, run.seconds < 290]).toStrictEqual(["FAILED", "GenesysTooSlow", true]);
    });
  });

  it("outlives three answers of 503", async () => {
    await withCloud(10, async (scene) => {
      scene.cloud.genesys.fault = onQueues((nth) => (nth <= 3 ? unavailable() : undefined));
      expect((await scene.refresh()).lastState).toBe("Published");
    });
  });

  it("asks for a new token once when the old one has died", async () => {
    await withCloud(10, async (scene) => {
      scene.cloud.genesys.fault = onQueues((nth) =>
        nth === 1 ? genesysError(401, "bad.credentials", "Invalid login credentials.") : undefined,
      );
      expect((await scene.refresh()).lastState).toBe("Published");
      expect(scene.cloud.genesys.counts.tokens).toBe(2);
    });
  });

  const wrongSecret = {
    status: 400,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(
      JSON.parse(readFileSync("test/samples/genesys/oauth.token.error.invalid_client.json", "utf8")).body,
    ),
  };
  const forbidden = JSON.parse(readFileSync("test/samples/genesys/rest.error.403.json", "utf8")).body;

  it.each<[string, GenesysFault, string]>([
    ["a Retry-After longer than its budget", onQueues(() => tooManyRequests(3_600)), "GenesysTooSlow"],
    ["a wrong secret", ({ path }) => (path.includes("/oauth/token") ? wrongSecret : undefined), "RefusedByGenesys"],
    ["503 for ever", onQueues(() => unavailable()), "GenesysTooSlow"],
    ["a missing permission", onQueues(() => genesysError(403, forbidden.code, forbidden.message)), "RefusedByGenesys"],
    [
      "a page that is no listing",
      onQueues(() => ({
        status: 200,
        headers: {},
        body: JSON.stringify({ entities: { id: 5 }, total: 1, pageCount: 1 }),
      })),
      "UnreadableAnswer",
    ],
  ])("ends at %s in its own way and leaves the old map whole", async (_, fault, state) => {
    await withCloud(150, async (scene) => {
      await scene.refresh();
      const before = await scene.published();
      // A new container, which needs a token of its own.
      scene.cloud.functions.retire("list-queues");
      scene.cloud.genesys.fault = fault;
      const run = await scene.refresh();
      expect([run.status, run.lastState]).toStrictEqual(["FAILED", state]);
      expect(await scene.published()).toStrictEqual(before);
    });
  });

  it("leaves out the queues that are not as documented, publishes all others, and lists once for it", async () => {
    await withCloud(150, async (scene) => {
      scene.cloud.gateway.faults = outageFaults(new Set(["genesys-odd-entities"]), () => scene.cloud.clock.now());
      const run = await scene.refresh();
      const map = await scene.published();
      expect([run.lastState, map?.queues, scene.cloud.genesys.counts.byPath["/api/v2/routing/queues"]]).toStrictEqual([
        "Published",
        148,
        2,
      ]);
      const warned = scene.cloud.logs.filter(({ functionName }) => functionName === "list-queues");
      expect(JSON.stringify(warned)).toContain(`${queueId(7)}: entities.6.division`);
    });
  });

  it("refuses a map without queues, or with less than half of them, unless it is forced", async () => {
    await withCloud(150, async (scene) => {
      await scene.refresh();
      const before = await scene.published();
      for (const queues of [0, 74]) {
        scene.cloud.genesys.organisation = organisation(queues);
        expect((await scene.refresh()).lastState).toBe("RefusedToPublish");
        expect(await scene.published()).toStrictEqual(before);
      }
      expect((await scene.refresh({ force: true })).lastState).toBe("Published");
      expect(await scene.published()).toMatchObject({ queues: 74, isWhole: true });
    });
  });

  it("lists again when the listing moved, at most twice, then publishes what it saw", async () => {
    await withCloud(150, async (scene) => {
      const { queues } = scene.cloud.genesys.organisation;
      scene.cloud.genesys.fault = ({ path }) => {
        // Between the two pages a queue of the first is renamed and sorts last: the one on the border is never seen.
        const moved = [...queues.slice(1), { ...queues[0], name: "Zzz" }];
        const order = path.includes("pageNumber=1") ? queues : moved;
        scene.cloud.genesys.organisation = { ...scene.cloud.genesys.organisation, queues: order };
        return undefined;
      };
      const run = await scene.refresh();
      expect([run.lastState, scene.requests()]).toStrictEqual(["Published", 6]);
    });
  });

  it("never lets an older run replace what a newer one published", async () => {
    await withCloud(150, async (scene) => {
      const { machines, clock } = scene.cloud;
      const older = machines.start("refresh-queue-priorities", {}, "older").execution;
      await clock.runUntil(() => older.lastState === "StorePage");
      const newer = machines.start("refresh-queue-priorities", {}, "newer").execution;
      await clock.runUntil(() => older.status !== "RUNNING" && newer.status !== "RUNNING");
      const { version, isWhole, queues } = await scene.published();
      expect([older.status, newer.status, isWhole, queues]).toStrictEqual(["SUCCEEDED", "SUCCEEDED", true, 150]);
      expect(version).toContain("#newer.");
    });
  });

  it("publishes a whole map when it runs twice, as Express machines may, and finds another listing the second time", async () => {
    await withCloud(150, async (scene) => {
      const { machines, clock, genesys, tables } = scene.cloud;
      machines.runsTwice = () => true;
      const answer = tables.answer.bind(tables);
      let secondPages = 0;
      let isPublished = false;
      tables.answer = async (operation, input) => {
        const text = JSON.stringify(input);
        secondPages += text.includes('"page":{"N":"2"}') ? 1 : 0;
        // The other's second page is longer, and written when the first has published its own.
        while (secondPages === 2 && text.includes('"page":{"N":"2"}') && !isPublished) {
          await new Promise<void>((resolve) => void clock.after(100, resolve));
        }
        const answered = await answer(operation, input);
        isPublished ||= text.includes("SET pointsTo");
        return answered;
      };
      genesys.fault = ({ path }) => {
        if (path.includes("pageNumber=2")) genesys.organisation = organisation(scene.requests() > 3 ? 190 : 150);
        return undefined;
      };
      await scene.refresh();
      await clock.runUntil(() => machines.running() === 0);
      const { isWhole, version } = await scene.published();
      expect(isWhole).toBe(true);
      // Both began in the same millisecond, and chance has named them: the one that is named first gives way, unless it was first.
      const ends = machines.executions.map(({ lastState }) => lastState).toSorted();
      expect([
        ["Published", "Published"],
        ["Published", "Superseded"],
      ]).toContainEqual(ends);
      expect(version).toMatch(/^2026-01-05T09:00:00\.\d{3}Z#[\w-]+\.[\w-]+#\d$/);
    });
  });

  it("does not publish a version over that of a run that began later and ended before", async () => {
    await withCloud(150, async (scene) => {
      const { machines, clock, tables } = scene.cloud;
      const answer = tables.answer.bind(tables);
      let isNewerDone = false;
      tables.answer = async (operation, input) => {
        const text = JSON.stringify(input);
        // The older run's last write waits until the newer one has ended.
        while (!isNewerDone && text.includes('"published"') && text.includes("#older.")) {
          await new Promise<void>((resolve) => void clock.after(100, resolve));
        }
        return answer(operation, input);
      };
      const older = machines.start("refresh-queue-priorities", {}, "older").execution;
      await clock.runUntil(() => older.lastState === "PublishVersion");
      const newer = machines.start("refresh-queue-priorities", {}, "newer").execution;
      await clock.runUntil(() => newer.status !== "RUNNING");
      isNewerDone = true;
      await clock.runUntil(() => older.status !== "RUNNING");
      expect([older.lastState, newer.lastState]).toStrictEqual(["Superseded", "Published"]);
      expect((await scene.published()).version).toContain("#newer.");
    });
  });

  it.each<[string, string, "before" | "after"]>([
    ["list-queues", "secretsmanager.GetSecretValue", "before"],
    ["list-queues", "secretsmanager.GetSecretValue", "after"],
    ["review-queue-priorities", "dynamodb.Query", "before"],
    ["review-queue-priorities", "dynamodb.GetItem", "after"],
  ])("keeps the old map when %s dies at %s, %s it happened; the next run publishes", async (name, operation, when) => {
    await withCloud(150, async (scene) => {
      await scene.refresh();
      const before = await scene.published();
      scene.cloud.genesys.organisation = organisation(180);
      scene.cloud.functions.retire(name);
      scene.cloud.gateway.faults = crashOnce(name, operation, when);
      expect(await scene.refresh()).toMatchObject({ status: "FAILED", lastState: "RefreshFailed" });
      expect(await scene.published()).toStrictEqual(before);
      expect((await scene.refresh()).lastState).toBe("Published");
      expect(await scene.published()).toMatchObject({ queues: 180, isWhole: true });
    });
  });

  it.each([1, 2, 3])("never publishes when page %i cannot be stored, though every other is", async (page) => {
    await withCloud(250, async (scene) => {
      await scene.refresh();
      const before = await scene.published();
      scene.cloud.genesys.organisation = organisation(280);
      const { tables } = scene.cloud;
      const answer = tables.answer.bind(tables);
      let refused = 0;
      tables.answer = async (operation, input) => {
        const { Item } = input as { readonly Item?: Items[number] };
        if (operation.toLowerCase() !== "putitem" || Item?.["page"]?.N !== String(page))
          return answer(operation, input);
        refused += 1;
        return { status: 500, body: '{"__type":"InternalServerError","message":"a failure of the test"}' };
      };
      expect(await scene.refresh()).toMatchObject({ status: "FAILED", lastState: "RefreshFailed" });
      expect([refused > 0, await scene.published()]).toStrictEqual([true, before]);
    });
  });

  it("leaves the old or the new map, whole, in whichever state it is killed, and the next run puts it right", async () => {
    for (const name of workingStates) {
      await withCloud(150, async (scene) => {
        await scene.refresh();
        // A map that is as it was is confirmed; any other is published.
        const queues = name === "ConfirmVersion" ? 150 : 180;
        scene.cloud.genesys.organisation = organisation(queues);
        if (name === "WaitAsGenesysAsks") {
          scene.cloud.genesys.fault = onQueues((nth) => (nth === 1 ? tooManyRequests(42) : undefined));
        }
        scene.cloud.machines.kill = (_, state) => state === name;
        expect([name, (await scene.refresh()).status]).toStrictEqual([name, "FAILED"]);
        const between = await scene.published();
        expect([between.isWhole, [150, 180].includes(between.queues)]).toStrictEqual([true, true]);
        scene.cloud.machines.kill = () => false;
        await scene.refresh();
        expect(await scene.published()).toMatchObject({ queues, isWhole: true });
      });
    }
  });
});
