import { describe, expect, it } from "vitest";
import { envelope } from "../../support/builders.ts";
import { devPlan, start } from "../../support/local-run.ts";
import { mebibyte, sendEvery, withOutage } from "../../support/outage.ts";
import { sized } from "../../support/setup/sized.ts";

/** `SMALL_EVENTS=1000000` takes six minutes and a half; the weekly suite has a tenth of it. */
const count = Number(process.env["SMALL_EVENTS"] ?? sized(40_000, 100_000));
/** 720 KiB of delivered lines a second: nearly what the normal flow has of 1 MiB. */
const perSecond = 1_100;

const small = (number: number, now: number): string =>
  envelope("acw", { eventTime: now, conversationId: `c-${number}` }, { id: `e-${number}` });

describe(`${count} small events at the stream's quota`, () => {
  it("are delivered in the normal flow: no failed chunk, no refusal, and the stream below its quota in every second", async () => {
    const plan = await devPlan('floodgate:enrichment={"mode":"off"}');
    await withOutage(plan, {}, async ({ cloud, wiring, runUntil }) => {
      let number = 0;
      sendEvery({ cloud, wiring, runUntil, minutes: () => 0 }, 1_000, Math.ceil(count / perSecond), (_, now) => {
        const texts = Array.from({ length: Math.min(perSecond, count - number) }, (__, index) =>
          small(number + index, now),
        );
        number += texts.length;
        return texts;
      });
      await runUntil(() => wiring.taken.messageIds.size === count);
      const { bytesBySecond, throttled, offered } = wiring.taken;
      const fullest = Math.max(...bytesBySecond.values());
      const mean = [...bytesBySecond.values()].reduce((sum, bytes) => sum + bytes, 0) / bytesBySecond.size;
      console.info(
        `${bytesBySecond.size} s from ${new Date(start).toISOString()}; of 1 MiB/s ${(mean / mebibyte).toFixed(3)} on average, ${(fullest / mebibyte).toFixed(3)} in the fullest second`,
      );
      expect([throttled, offered, wiring.failedEvents.chunks.size]).toStrictEqual([0, count, 0]);
      expect(fullest).toBeLessThan(mebibyte);
    });
  }, 900_000);
});
