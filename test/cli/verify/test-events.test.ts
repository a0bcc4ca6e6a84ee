import { describe, expect, it } from "vitest";
import { type Ground, testEvents } from "../../../cli/verify/test-events.ts";

const ground: Ground = {
  run: "r",
  now: Date.UTC(2026, 0, 5, 9),
  topics: [],
  hasBus: true,
  source: "s",
  admission: { enabled: true, limit: 5 },
  lowQueue: "q-low",
};
const prefix = "v2.detail.events.conversation.{id}.";

const scenesOf = (given: Partial<Ground>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { scene } of testEvents({ ...ground, ...given })) counts[scene] = (counts[scene] ?? 0) + 1;
  return counts;
};

const plain = { copy: 1, late: 1 };
const user = { "with a user": 1 };
const low = { "low priority": 1 };
const burst = { "burst above the limit": 15 };

describe("the events of a verification", () => {
  it.each<[string, Partial<Ground>, Readonly<Record<string, number>>]>([
    ["a whole stack", {}, { ...plain, ...user, ...low, ...burst, plain: 80 }],
    ["no queue of low priority", { lowQueue: undefined }, { ...plain, ...user, ...burst, plain: 81 }],
    ["admission that is off", { admission: { enabled: false, limit: 5 } }, { ...plain, ...user, plain: 96 }],
    ["a high limit", { admission: { enabled: true, limit: 51 } }, { ...plain, ...user, ...low, plain: 95 }],
    ["a partner's bus", { hasBus: false }, { ...plain, plain: 97 }],
    ["queue entries alone", { topics: [`${prefix}acd.start`] }, { ...plain, ...low, ...burst, plain: 81 }],
    ["customers alone", { topics: [`${prefix}customer.start`] }, { ...plain, plain: 97 }],
  ])("are of %s those that it can show", (_, given, scenes) => {
    expect(scenesOf(given)).toStrictEqual(scenes);
  });

  it("go onto the bus as what the stack takes, and else into the buffer as what nobody reads", () => {
    const seen = (given: Partial<Ground>) =>
      new Set(testEvents({ ...ground, ...given }).map(({ door, detailType }) => `${door} ${detailType}`));
    expect(seen({ topics: [`${prefix}acd.start`] })).toStrictEqual(new Set([`bus ${prefix}acd.start`]));
    expect(seen({ hasBus: false })).toStrictEqual(new Set(["buffer floodgate.verify"]));
  });
});
