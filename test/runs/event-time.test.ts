import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { seededRandom, virtualClock } from "../../local/clock.ts";
import { type Cloud, startCloud } from "../../local/cloud.ts";
import { planOf } from "../../local/plan.ts";
import { queueEntryText } from "../support/builders.ts";
import { devPlan, newFolder, start } from "../support/local-run.ts";

const day = 24 * 60 * 60_000;
const minute = 60_000;

/** Queue entries of one minute, far more than their queue is allowed in some of its seconds. */
const entries = Array.from({ length: 900 }, (_, index) =>
  queueEntryText(`c-${index}`, `queue-${index % 3}`, start + Math.floor(index / 30) * 2_000 + (index % 17)),
);

const shuffled = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const random = seededRandom(4);
  return texts
    .map((text) => [random(), text] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, text]) => text);
};

/** As `floodgate replay --force` brings events again: EventBridge writes the replay's name into them. */
const replayed = (text: string, name: string): string =>
  JSON.stringify({ ...JSON.parse(text), "replay-name": `floodgate-force-${name}` });

/** By conversation, where lines of it lie: below `type=` or below `excess=`. */
const rootsOf = ({ objects, streams }: Cloud): ReadonlyMap<string, ReadonlyArray<string>> => {
  const [stream] = streams.values();
  const bucket = stream?.bucket ?? "";
  const lines = ["type=", "excess="].flatMap((root) =>
    objects.list(bucket, root).flatMap((key) =>
      gunzipSync(objects.get(bucket, key) ?? "")
        .toString("utf8")
        .trimEnd()
        .split("\n")
        .map((line) => [String(JSON.parse(line).floodgate.conversationId), root] as const),
    ),
  );
  return new Map([...Map.groupBy(lines, ([id]) => id)].map(([id, of]) => [id, of.map(([, root]) => root).toSorted()]));
};

describe("a campaign that is replayed", () => {
  it("a day later, in another order and at another speed, is admitted event by event as it was", async () => {
    const plan = await devPlan();
    const clock = virtualClock(start + minute, 1);
    // Nothing is scheduled meanwhile: of the day in between nothing is asked.
    const all = plan.all.filter(({ type }) => type !== "aws:scheduler/schedule:Schedule");
    const cloud = await startCloud({
      plan: planOf(all),
      clock,
      isVirtual: true,
      out: newFolder(),
    });
    try {
      const pass = async (until: number): Promise<void> => {
        clock.after(until - clock.now(), () => undefined);
        await clock.runUntil(() => clock.now() >= until);
      };
      const send = async (texts: ReadonlyArray<string>, milliseconds: number): Promise<void> => {
        texts.forEach((text, index) => {
          clock.after(index * milliseconds, () => void cloud.bus.put(text));
        });
        await pass(clock.now() + texts.length * milliseconds + 10 * minute);
      };
      await send(entries, 60);
      const first = rootsOf(cloud);
      await pass(start + day);
      await send(
        shuffled(entries).map((text) => replayed(text, "slow")),
        400,
      );
      await send(
        entries.toReversed().map((text) => replayed(text, "fast")),
        1,
      );
      const roots = [...first.values()].flat();
      // It shows nothing unless both were decided, many times.
      expect([
        roots.length,
        roots.includes("type="),
        roots.filter((root) => root === "excess=").length > 100,
      ]).toStrictEqual([900, true, true]);
      const again = rootsOf(cloud);
      expect(
        [...again].filter(([id, of]) => of.length !== 3 || of.some((root) => root !== first.get(id)?.[0])),
      ).toStrictEqual([]);
    } finally {
      cloud.stop();
    }
  });
});
