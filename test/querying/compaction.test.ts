import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openRun } from "../../cli/query/open-run.ts";
import { viewsToAsk } from "../../infra/querying/views.ts";
import { campaign } from "../../local/campaign/campaign.ts";
import type { Cloud } from "../../local/cloud.ts";
import type { Execution } from "../../local/models/machines.ts";
import { planOf } from "../../local/plan.ts";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import { eventOf, message, queueEntryText } from "../support/builders.ts";
import { devPlan, runLocally, start } from "../support/local-run.ts";

const machine = "compact-events";
const bucket = "floodgate-events";
const hour = 60 * 60_000;
const day = 24 * hour;
const campaignDay = "2026-01-05";

type Rows = Readonly<Record<string, ReadonlyArray<string>>>;

const settings = { serviceLevelSeconds: 20, parquet: true };

/** All rows of all views, in an order of their own. */
const rowsOf = async (out: string): Promise<Rows> => {
  const engine = await openRun(join(out, "s3", bucket), settings.serviceLevelSeconds);
  try {
    const rows: [string, ReadonlyArray<string>][] = [];
    for (const { name } of viewsToAsk(settings)) {
      const { rows: found } = await engine.query(`SELECT * FROM ${name}`);
      rows.push([name, found.map((row) => JSON.stringify(row)).toSorted()]);
    }
    return Object.fromEntries(rows);
  } finally {
    engine.close();
  }
};

interface Marker {
  readonly dt: string;
  readonly version: string;
  readonly publishedAt: string;
}

/** In the order in which they were published. */
const markers = (out: string): ReadonlyArray<Marker> => {
  const folder = join(out, "s3", bucket, "compacted/days");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
    .toSorted((a, b) => (a.publishedAt < b.publishedAt ? -1 : 1));
};

/** Days that the views read as Parquet. */
const published = (out: string): ReadonlyArray<string> => markers(out).map(({ dt }) => dt);

interface Scene {
  readonly cloud: Cloud;
  readonly out: string;
  /** Runs an execution for each input, all at once, to their ends; answers how they ended. */
  readonly compact: (...inputs: ReadonlyArray<object>) => Promise<ReadonlyArray<string>>;
  readonly rows: () => Promise<Rows>;
}

const { events } = campaign({ count: 100, seed: 3, perMinute: 10_000, start, topics: [] });

/** A campaign with copies, late and malformed events, and what `act` does when its day has been over for three days. */
const afterCampaign = async (act: (scene: Scene) => Promise<void>, more: typeof events = []): Promise<void> => {
  const { all } = await devPlan('floodgate:querying={"parquet":true}');
  // Three days of a clock that nobody needs: the machine is started by hand.
  const plan = planOf(all.filter(({ type }) => type !== "aws:scheduler/schedule:Schedule"));
  await runLocally([...events, ...more], {
    plan,
    beforeAudit: async (cloud) => {
      const { clock, machines } = cloud;
      let isOver = false;
      clock.after(start + 3 * day - clock.now(), () => {
        isOver = true;
      });
      await clock.runUntil(() => isOver);
      const out = join(cloud.objects.folder, "..");
      const compact = async (...inputs: ReadonlyArray<object>) => {
        const ended: Execution[] = [];
        for (const input of inputs) void machines.start(machine, input).ended.then((each) => void ended.push(each));
        await clock.runUntil(() => ended.length === inputs.length);
        return ended.map(({ status }) => status);
      };
      await act({ cloud, out, compact, rows: () => rowsOf(out) });
    },
  });
};

/** One more object of lines under a date, as one that Firehose could not write for days. */
const addObject = ({ cloud: { objects } }: Scene, dt: string): void => {
  const event = eventOf(message(queueEntryText("came-later", "q-1")));
  const line = deliveredLine({ ...event, eventTime: Date.parse(`${dt}T10:00:00Z`) });
  objects.put(bucket, `type=acd.start/dt=${dt}/shard=0/came-later.gz`, gzipSync(`${line}\n`));
};

const realNow = performance.timeOrigin + performance.now();
const began = performance.now();
/** The engine has this machine's clock, and not the run's. */
const machineTime = (): number => realNow + (performance.now() - began) - Date.now();

/** States of the machine that call something. */
const tasks = ["PlanCompaction", "WriteParquet", "AddPartition", "PublishDay", "OpenLines", "OpenExcess"] as const;

describe("compact-events", () => {
  it("changes no row of any view: run once, run again, and twice at the same time", async () => {
    await afterCampaign(async ({ cloud, out, compact, rows }) => {
      const before = await rows();
      expect(before["events"]?.length).toBeGreaterThan(75);
      expect(before["excess"]?.length).toBeGreaterThan(0);
      expect([await compact({}), published(out)]).toStrictEqual([["SUCCEEDED"], [campaignDay]]);
      expect(await rows()).toStrictEqual(before);
      const first = markers(out);
      expect([await compact({}), markers(out)]).toStrictEqual([["SUCCEEDED"], first]);
      cloud.objects.delete(bucket, `compacted/days/${first[0]?.version}.json`);
      expect(await compact({}, {})).toStrictEqual(["SUCCEEDED", "SUCCEEDED"]);
      expect([published(out), await rows()]).toStrictEqual([[campaignDay, campaignDay], before]);
    });
  });

  it("is what the views read from then on: without the day's lines they answer the same", async () => {
    await afterCampaign(async ({ cloud, compact, rows }) => {
      const before = await rows();
      await compact({});
      for (const key of cloud.objects.list(bucket, "").filter((name) => /^(type|excess)=/.test(name))) {
        cloud.objects.delete(bucket, key);
      }
      expect(await rows()).toStrictEqual(before);
    });
  });

  it.each(tasks)(
    "loses and doubles nothing when it is killed after %s, or when that fails, and ends its work later",
    async (task) => {
      await afterCampaign(async ({ cloud, out, compact, rows }) => {
        const before = await rows();
        cloud.machines.kill = (_, state) => state === task;
        expect(await compact({})).toStrictEqual(["FAILED"]);
        cloud.machines.kill = () => false;
        expect(await rows()).toStrictEqual(before);
        for (const when of ["before", "after"] as const) {
          cloud.machines.trouble = (_, state) => (state === task ? when : undefined);
          await compact({});
          expect(await rows()).toStrictEqual(before);
        }
        cloud.machines.trouble = () => undefined;
        expect(await compact({})).toStrictEqual(["SUCCEEDED"]);
        expect([published(out), await rows()]).toStrictEqual([[campaignDay], before]);
      });
    },
  );

  it("reads nothing of a day's Parquet that was written to a half, and writes it anew", async () => {
    await afterCampaign(async ({ cloud, out, compact, rows }) => {
      const before = await rows();
      cloud.athena.stopsHalfway = () => true;
      expect([await compact({}), published(out)]).toStrictEqual([["FAILED"], []]);
      expect(cloud.objects.list(bucket, "compacted/copies/").length).toBeGreaterThan(0);
      expect(await rows()).toStrictEqual(before);
      cloud.athena.stopsHalfway = () => false;
      expect([await compact({}), published(out)]).toStrictEqual([["SUCCEEDED"], [campaignDay]]);
      expect(await rows()).toStrictEqual(before);
    });
  });

  it("keeps queries from the lines of days whose Parquet they have read for an hour, and changes no row by that", async () => {
    await afterCampaign(async ({ cloud, out, compact, rows }) => {
      const before = await rows();
      const linesLookedAt = async (): Promise<number> => {
        const engine = await openRun(join(out, "s3", bucket), settings.serviceLevelSeconds);
        const { rows: found } = await engine.query(`SELECT count(*) FROM open_copies WHERE dt <= '${campaignDay}'`);
        engine.close();
        return Number(found[0]?.[0]);
      };
      const passed: number[] = [];
      for (const minutes of [0, 59, 61]) {
        let isOver = false;
        cloud.clock.after(minutes * 60_000, () => {
          isOver = true;
        });
        await cloud.clock.runUntil(() => isOver);
        expect(await compact({})).toStrictEqual(["SUCCEEDED"]);
        passed.push(await linesLookedAt());
        expect(await rows()).toStrictEqual(before);
      }
      expect(passed.map((lines) => lines > 0)).toStrictEqual([true, true, false]);
    });
  });

  it("takes in what comes under a date that it has compacted already, with the next run, once", async () => {
    await afterCampaign(async (scene) => {
      const { out, compact, rows } = scene;
      await compact({});
      const [first] = markers(out);
      addObject(scene, campaignDay);
      const withoutIt = await rows();
      expect(await compact({})).toStrictEqual(["SUCCEEDED"]);
      const [, second] = markers(out);
      expect([second?.dt, second?.version === first?.version]).toStrictEqual([campaignDay, false]);
      const withIt = await rows();
      const added = withIt["events"]?.filter((row) => !withoutIt["events"]?.includes(row));
      expect([added?.length, withIt["every_copy"]?.length]).toStrictEqual([
        1,
        (withoutIt["every_copy"]?.length ?? 0) + 1,
      ]);
    });
  });

  it("is followed five minutes after it was published, so that a query that looks twice sees the same", async () => {
    await afterCampaign(async (scene) => {
      const { cloud, out, compact, rows } = scene;
      await compact({});
      addObject(scene, campaignDay);
      const before = await rows();
      await compact({});
      const [, second] = markers(out);
      const publish = async (minutesAgo: number): Promise<Rows> => {
        const publishedAt = new Date(Date.now() + machineTime() - minutesAgo * 60_000).toISOString();
        const text = JSON.stringify({ ...second, publishedAt });
        cloud.objects.put(bucket, `compacted/days/${second?.version}.json`, Buffer.from(text));
        return rows();
      };
      expect(await publish(4)).toStrictEqual(before);
      expect((await publish(6))["events"]?.length).toBe((before["events"]?.length ?? 0) + 1);
    });
  });

  it("lets events of open dates and late ones through as they come", async () => {
    await afterCampaign(async (scene) => {
      const { compact, rows } = scene;
      await compact({});
      const before = await rows();
      addObject(scene, "2026-01-08");
      expect((await rows())["events"]?.length).toBe((before["events"]?.length ?? 0) + 1);
    });
  });

  it("compacts the other days when one fails, and says that it did not do all", async () => {
    await afterCampaign(async (scene) => {
      const { cloud, out, compact, rows } = scene;
      addObject(scene, "2026-01-04");
      const before = await rows();
      cloud.athena.stopsHalfway = (sql) => sql.includes("dt=2026-01-04");
      expect([await compact({}), published(out)]).toStrictEqual([["FAILED"], [campaignDay]]);
      expect(await rows()).toStrictEqual(before);
    });
  });

  it("compacts a day of long ago when it is asked for, and refuses one that is not finished", async () => {
    await afterCampaign(async (scene) => {
      const { out, compact, rows } = scene;
      addObject(scene, "2025-03-01");
      const before = await rows();
      expect(await compact({ days: ["2026-01-06"] }, { days: ["yesterday"] })).toStrictEqual(["FAILED", "FAILED"]);
      expect([await compact({ days: ["2025-03-01"] }), published(out)]).toStrictEqual([["SUCCEEDED"], ["2025-03-01"]]);
      expect(await rows()).toStrictEqual(before);
    });
  });
});
