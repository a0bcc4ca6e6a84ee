import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openRun } from "../../cli/query/open-run.ts";
import { viewsToAsk } from "../../infra/querying/views.ts";
import { campaign } from "../../local/campaign/campaign.ts";
import type { Cloud } from "../../local/cloud.ts";
import type { Execution } from "../../local/models/machines.ts";
import { planOf } from "../../local/plan.ts";
import { deliveredLine } from "../../src/delivery/delivered-line.ts";
import { eventOf, message, queueEntryText } from "../support/builders.ts";
import { devPlan, runLocally, start } from "../support/local-run.ts";

export const machine = "compact-events";
export const bucket = "floodgate-events";
const hour = 60 * 60_000;
const day = 24 * hour;
export const campaignDay = "2026-01-05";

export type Rows = Readonly<Record<string, ReadonlyArray<string>>>;

export const settings = { serviceLevelSeconds: 20, parquet: true };

/** All rows of all views, in an order of their own. */
export const rowsOf = async (out: string): Promise<Rows> => {
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

export interface Marker {
  readonly dt: string;
  readonly version: string;
  readonly publishedAt: string;
}

/** In the order in which they were published. */
export const markers = (out: string): ReadonlyArray<Marker> => {
  const folder = join(out, "s3", bucket, "compacted/days");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
    .toSorted((a, b) => (a.publishedAt < b.publishedAt ? -1 : 1));
};

/** Days that the views read as Parquet. */
export const published = (out: string): ReadonlyArray<string> => markers(out).map(({ dt }) => dt);

export interface Scene {
  readonly cloud: Cloud;
  readonly out: string;
  /** Runs an execution for each input, all at once, to their ends; answers how they ended. */
  readonly compact: (...inputs: ReadonlyArray<object>) => Promise<ReadonlyArray<string>>;
  readonly rows: () => Promise<Rows>;
}

const { events } = campaign({ count: 100, seed: 3, perMinute: 10_000, start, topics: [] });

type Objects = ReadonlyMap<string, Buffer>;

const objectsIn = ({ objects }: Cloud): Objects =>
  new Map(objects.list(bucket, "").map((key) => [key, objects.get(bucket, key) ?? Buffer.alloc(0)]));

const planOfScenes = async () => {
  const { all } = await devPlan('floodgate:querying={"parquet":true}', 'floodgate:delivery={"shards":1}');
  // Three days of a clock that nobody needs: the machine is started by hand.
  return planOf(all.filter(({ type }) => type !== "aws:scheduler/schedule:Schedule"));
};

const runCampaign = async (): Promise<Objects> => {
  const delivered: [string, Buffer][] = [];
  await runLocally(events, {
    plan: await planOfScenes(),
    beforeAudit: (cloud) => void delivered.push(...objectsIn(cloud)),
  });
  return new Map(delivered);
};

/** What a campaign delivers, with copies, late and malformed events: run once for all scenes. */
let campaignObjects: Promise<Objects> | undefined;

/** A bucket with a campaign, and what `act` does when its day has been over for more than three days. */
export const afterCampaign = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
  campaignObjects ??= runCampaign();
  const campaigns = await campaignObjects;
  await runLocally([], {
    plan: await planOfScenes(),
    beforeAudit: async (cloud) => {
      const { clock, machines, objects } = cloud;
      for (const [key, body] of campaigns) objects.put(bucket, key, body);
      let isOver = false;
      clock.after(start + 4 * day - clock.now(), () => {
        isOver = true;
      });
      await clock.runUntil(() => isOver);
      const out = join(objects.folder, "..");
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
export const addObject = ({ cloud: { objects } }: Scene, dt: string): void => {
  const event = eventOf(message(queueEntryText("came-later", "q-1")));
  const line = deliveredLine({ ...event, eventTime: Date.parse(`${dt}T10:00:00Z`) });
  objects.put(bucket, `type=acd.start/dt=${dt}/shard=0/came-later.gz`, gzipSync(`${line}\n`));
};

/** Lines of others and odd events of our own, under a date. */
export const addOddLines = ({ cloud: { objects } }: Scene, dt: string): void => {
  const odd = {
    note: "ünï \u2028 \ud83d\ude00 'quoted' \"twice\"",
    Detail: 1,
    detail: { Type: 2 },
    long: "x".repeat(500_000),
  };
  const ours = (name: string): string =>
    deliveredLine({
      ...eventOf(message(queueEntryText(name, "q-1"), { messageId: name })),
      eventTime: Date.parse(`${dt}T10:00:00Z`),
    });
  const texts = [
    "no JSON {",
    '{"floodgate":{"eventTime":"half past","receivedAt":7,"key":{}}}',
    "null",
    '"text"',
    JSON.stringify({ floodgate: { key: "of somebody else" }, ...odd }),
    ours("odd-1").replace(/}$/, `,"more":${JSON.stringify(odd)}}`),
    ours("odd-2").replace(/}$/, `,"deep":${"[".repeat(1_000)}${"]".repeat(1_000)}}`),
  ];
  const lines = gzipSync(`${texts.join("\n")}\n`);
  for (const root of ["type", "excess"]) objects.put(bucket, `${root}=acd.start/dt=${dt}/shard=0/odd.gz`, lines);
};
