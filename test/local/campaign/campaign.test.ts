import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { campaign } from "../../../local/campaign/campaign.ts";
import { drawScript } from "../../../local/campaign/draw-script.ts";
import type { Script } from "../../../local/campaign/script.ts";
import { scriptEvents } from "../../../local/campaign/script-events.ts";
import { seededRandom } from "../../../local/clock.ts";
import { start } from "../../support/local-run.ts";

const drawn = campaign({ count: 3_000, seed: 1, perMinute: 1_000, start });

const topics = (script: Script): ReadonlyArray<string> =>
  scriptEvents(seededRandom(1), script).map(({ topic }) => topic);

const count = (of: ReadonlyArray<string>, wanted: string): number => of.filter((topic) => topic === wanted).length;

/** The detail-type and the conversation of an event that came over the bus. */
const seenIn = (text: string): readonly [string, string | undefined] => {
  const { "detail-type": detailType, detail } = JSON.parse(text);
  return [detailType, detail.eventBody?.conversationId];
};

describe("campaign", () => {
  it("is the same for the same seed, and another one for another", () => {
    const options = { count: 500, seed: 1, perMinute: 1_000, start };
    expect(campaign(options)).toStrictEqual(campaign(options));
    expect(campaign({ ...options, seed: 2 }).events[0]).not.toStrictEqual(campaign(options).events[0]);
  });

  it("tells its last conversation to the end, and publishes in order, none before it happened", () => {
    expect(drawn.events.length).toBeGreaterThanOrEqual(3_000);
    const times = drawn.events.map(({ at }) => at);
    expect(times).toStrictEqual(times.toSorted((a, b) => a - b));
    const early = drawn.events.filter(({ door, text, at }) => {
      if (door === "buffer") return false;
      const { detail } = JSON.parse(text);
      return detail.eventBody !== undefined && detail.eventBody.eventTime > start + at;
    });
    expect(early).toStrictEqual([]);
  });

  it("has each event of each conversation, some of them twice, and strays of other forms", () => {
    const told = drawn.scripts.reduce((sum, script) => sum + topics(script).length, 0);
    const [documented, others] = [new Map<string, number>(), new Map<string, number>()];
    for (const { door, text } of drawn.events) {
      const [name, id] =
        door === "bus" ? seenIn(text) : [text.includes("routing.queued") ? "bare" : "malformed", undefined];
      const of = id === undefined ? others : documented;
      of.set(name, (of.get(name) ?? 0) + 1);
    }
    const published = [...documented.values()].reduce((sum, each) => sum + each, 0);
    expect(published / told).toBeGreaterThan(1.01);
    expect(published / told).toBeLessThan(1.03);
    expect([...others.keys()].toSorted()).toStrictEqual(["Conversation:Updated", "bare", "malformed"]);
    const copies = new Map<string, Set<string>>();
    for (const { door, text } of drawn.events) {
      if (door === "buffer") continue;
      const { id, detail } = JSON.parse(text);
      const key = JSON.stringify(detail);
      copies.set(key, (copies.get(key) ?? new Set()).add(id));
    }
    expect([...copies.values()].some((ids) => ids.size === 2)).toBe(true);
  });

  it("has the topics only that a stack subscribes to", () => {
    const wanted = ["v2.detail.events.conversation.{id}.acd.start", "v2.detail.events.conversation.{id}.acd.end"];
    const { events } = campaign({ count: 300, seed: 1, perMinute: 1_000, start, topics: wanted });
    const names = new Set(events.flatMap(({ door, text }) => (door === "bus" ? [seenIn(text)[0]] : [])));
    expect(names).toStrictEqual(new Set(wanted));
    expect(campaign({ count: 30, seed: 1, perMinute: 1_000, start, topics: ["another"] }).events).toStrictEqual([]);
  });

  it("is as busy as the hour of the day", () => {
    const hour = 60 * 60_000;
    const { scripts } = campaign({ count: 30_000, seed: 1, perMinute: 10, start: Date.UTC(2026, 0, 5) });
    const begins = scripts.map(({ sessions: [first] }) =>
      Math.floor(((first?.from ?? 0) - Date.UTC(2026, 0, 5)) / hour),
    );
    const perHour = Array.from({ length: 12 }, (_, wanted) => begins.filter((each) => each === wanted).length);
    expect(perHour[9]).toBeGreaterThan(4 * (perHour[6] ?? 0));
    expect(perHour[2]).toBeLessThan(60);
  });
});

describe("drawScript", () => {
  it("tells nothing before its time: each event between its session's begin and the end of what is written up", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const script = drawScript(seededRandom(seed), start);
        for (const session of script.sessions) {
          let free = session.flow?.to ?? session.from;
          for (const entry of session.entries) {
            expect(entry.from).toBeGreaterThanOrEqual(free);
            expect(entry.to).toBeGreaterThan(entry.from);
            expect(entry.talk === undefined).toBe(entry.outcome !== "ANSWERED");
            for (const rang of entry.unanswered) expect(rang.to).toBeLessThanOrEqual(entry.to);
            if (entry.talk !== undefined) {
              expect([entry.talk.answeredAt, entry.talk.to > entry.to]).toStrictEqual([entry.to, true]);
            }
            free = entry.talk?.to ?? entry.to;
          }
          expect(session.to).toBeGreaterThan(free);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["answered", { "acd.start": 1, "acd.end": 1, "user.start": 1, wrapup: 1, "customer.start": 1 }],
    ["abandoned", { "acd.start": 1, "acd.end": 1, "user.start": 0, wrapup: 0, "customer.start": 1 }],
    ["transferred", { "acd.start": 2, "acd.end": 2, "user.start": 2, wrapup: 2, "customer.start": 1 }],
    ["consulted", { "acd.start": 1, "acd.end": 1, "user.start": 2, wrapup: 1, "customer.start": 1 }],
    ["leavesInFlow", { "acd.start": 0, "acd.end": 0, "user.start": 0, wrapup: 0, "customer.start": 1 }],
    ["calledBack", { "acd.start": 2, "acd.end": 2, "user.start": 1, wrapup: 1, "customer.start": 2 }],
    ["everything", { "acd.start": 3, "acd.end": 3, "user.start": 4, wrapup: 2, "customer.start": 2 }],
  ] as const)("tells a conversation of the kind %s by its events", (kind, expected) => {
    const told = topics(drawScript(seededRandom(4), start, kind));
    const counts = Object.fromEntries(Object.keys(expected).map((topic) => [topic, count(told, topic)]));
    expect(counts).toStrictEqual(expected);
    for (const pair of ["customer", "flow", "acd", "user"]) {
      expect(count(told, `${pair}.end`)).toBe(count(told, `${pair}.start`));
    }
  });

  it("lets messages go on past midnight", () => {
    const evening = Date.UTC(2026, 0, 5, 23, 50);
    const ends = Array.from(
      { length: 20 },
      (_, seed) => drawScript(seededRandom(seed), evening, "message").sessions[0]?.to,
    );
    expect(ends.some((to) => to !== undefined && to > Date.UTC(2026, 0, 6))).toBe(true);
  });
});

describe("scriptEvents", () => {
  it("writes the shapes that Genesys documents, as the samples have them", () => {
    const texts = Array.from({ length: 30 }, (_, seed) => drawScript(seededRandom(seed), start, "everything")).flatMap(
      (script) => scriptEvents(seededRandom(1), script),
    );
    const samples = {
      "customer.start": "customer.start.voice",
      "flow.start": "flow.start.voice",
      "flow.end": "flow.end.voice",
      "acd.start": "acd.start.voice",
      "acd.end": "acd.end.voice.answered",
      "user.start": "user.start.voice",
      "user.end": "user.end.voice",
      wrapup: "wrapup.voice",
      acw: "acw.voice",
      "customer.end": "customer.end.voice",
    };
    for (const [topic, name] of Object.entries(samples)) {
      const sample = JSON.parse(readFileSync(`test/samples/genesys/${name}.json`, "utf8"));
      const own = texts.filter((event) => event.topic === topic).map(({ text }) => JSON.parse(text));
      const members = new Set(own.flatMap(({ detail }) => Object.keys(detail.eventBody)));
      const unknown = [...members].filter((member) => !(member in sample.detail.eventBody));
      expect([topic, unknown, Object.keys(own[0])]).toStrictEqual([topic, [], Object.keys(sample)]);
    }
  });

  it("wrote the conversation that the README shows", () => {
    const random = seededRandom(9);
    const events = scriptEvents(random, drawScript(random, start, "everything"));
    const sample = readFileSync("test/samples/conversation.jsonl", "utf8");
    expect(sample).toBe(`${events.map(({ text }) => text).join("\n")}\n`);
  });
});
