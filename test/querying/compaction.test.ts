import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRun } from "../../cli/query/open-run.ts";
import { isFull } from "../support/setup/sized.ts";
import {
  addObject,
  addOddLines,
  afterCampaign,
  bucket,
  campaignDay,
  markers,
  published,
  type Rows,
  settings,
} from "./compaction-scene.ts";

const realNow = performance.timeOrigin + performance.now();
const began = performance.now();
/** The engine has this machine's clock, and not the run's. */
const machineTime = (): number => realNow + (performance.now() - began) - Date.now();

/** States of the machine that call something; in everyday runs those after which something is written and not yet seen. */
const tasks = [
  "WriteParquet",
  "PublishDay",
  ...(isFull ? (["PlanCompaction", "OpenLines", "OpenExcess", "AddPartition"] as const) : []),
] as const;

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

  it("keeps lines of others and odd events as they are: each view has the same rows of them", async () => {
    await afterCampaign(async (scene) => {
      const { out, compact, rows } = scene;
      const without = await rows();
      addOddLines(scene, campaignDay);
      const before = await rows();
      expect((before["every_copy"]?.length ?? 0) - (without["every_copy"]?.length ?? 0)).toBe(7);
      expect((before["excess"]?.length ?? 0) - (without["excess"]?.length ?? 0)).toBe(7);
      expect([await compact({}), published(out)]).toStrictEqual([["SUCCEEDED"], [campaignDay]]);
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

  it("is followed a quarter of an hour after it was published, so that a query that looks twice sees the same", async () => {
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
      expect(await publish(14)).toStrictEqual(before);
      expect((await publish(16))["events"]?.length).toBe((before["events"]?.length ?? 0) + 1);
    });
  });

  it("lets events of open dates and late ones through as they come", async () => {
    await afterCampaign(async (scene) => {
      const { compact, rows } = scene;
      await compact({});
      const before = await rows();
      addObject(scene, "2026-01-06");
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

  it.each(["OpenLines", "OpenExcess"])("compacts when %s fails, and says that it did not do all", async (task) => {
    await afterCampaign(async ({ cloud, out, compact }) => {
      cloud.machines.trouble = (_, state) => (state === task ? "before" : undefined);
      expect([await compact({}), published(out)]).toStrictEqual([["FAILED"], [campaignDay]]);
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
