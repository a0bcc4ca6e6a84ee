import { describe, expect, it } from "vitest";
import { queueId } from "../../local/genesys/organisation.ts";
import { envelope } from "../support/builders.ts";
import { atBus, inBuffer, runLocally, start } from "../support/local-run.ts";

const entry = (index: number, more: Readonly<Record<string, unknown>> = {}): string =>
  envelope(
    "acd.start",
    { eventTime: start + index * 2_000, conversationId: `c-${index}`, queueId: queueId(1), ...more },
    { id: `e-${index}` },
  );

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index);

describe("a local run on texts that nobody expects", () => {
  it("records the neighbours of an event whose queue id has 450 KB, and delivers each once", async () => {
    const events = numbers(25).map((index) => atBus(entry(index, index === 7 ? { queueId: "x".repeat(450_000) } : {})));
    const run = await runLocally(events);
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ received: 25, delivered: 25 });
    expect(run.deliveredLines).toBe(25);
    expect(run.logs.filter(({ text }) => text.includes("unrecorded deliveries"))).toStrictEqual([]);
  });

  it("delivers all wrapups and acd.ends that say `type: routing.queued`, and drops none of them", async () => {
    const events = numbers(40).flatMap((index) =>
      ["acd.end", "wrapup"].map((suffix) => {
        const body = { eventTime: start, conversationId: `c-${index}`, queueId: queueId(1), type: "routing.queued" };
        return atBus(envelope(suffix, body, { id: `${suffix}-${index}` }));
      }),
    );
    const run = await runLocally(events);
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ received: 80, delivered: 80, duplicates: 0 });
  });

  it("takes a member `floodgate` of an event's own, also in a delivered line that is fed in again", async () => {
    const brought = (text: string) => `${text.slice(0, -1)},"floodgate":{"v":1,"key":"none"}}`;
    const first = await runLocally([inBuffer(brought(entry(1))), inBuffer(entry(2))]);
    const again = await runLocally([inBuffer(first.sampleLine ?? ""), inBuffer(brought(entry(3)))]);
    expect([first.differences, again.differences]).toStrictEqual([[], []]);
    expect([first.ledger.delivered, again.ledger.delivered]).toStrictEqual([2, 2]);
  });

  it("counts an event of 4,500 levels like any other", async () => {
    const deep = `${"[".repeat(4_500)}${"]".repeat(4_500)}`;
    const text = entry(1).replace('"conversationId"', `"deep":${deep},"conversationId"`);
    const run = await runLocally([inBuffer(text), inBuffer(text), inBuffer(entry(2))]);
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger).toMatchObject({ received: 3, delivered: 2, duplicates: 1 });
  });
});
