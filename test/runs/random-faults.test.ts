import { describe, expect, it } from "vitest";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { queueId, userId } from "../../local/genesys/organisation.ts";
import type { Faults } from "../../local/service.ts";
import { envelope, queueEntryText } from "../support/builders.ts";
import { atBus, inBuffer, runLocally, start } from "../support/local-run.ts";

/** FAULT_RUNS=200 takes some minutes; a few runs of each rate are made every time. */
const runs = Number(process.env["FAULT_RUNS"] ?? 12);
const rates = [0.01, 0.03, 0.05];

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index);

const events: ReadonlyArray<InputEvent> = [
  ...numbers(30).map((index) => atBus(queueEntryText(`c-${index}`, queueId(1 + (index % 20)), start + index))),
  ...numbers(4).map((index) => atBus(queueEntryText(`c-${index}`, queueId(1 + (index % 20)), start + index))),
  ...numbers(15).map((index) =>
    atBus(
      envelope(
        "user.start",
        { eventTime: start, conversationId: `u-${index}`, userId: userId(1 + index) },
        { id: `u-${index}` },
      ),
    ),
  ),
  ...numbers(5).map((index) => inBuffer(`{"broken": ${index}`)),
];

/** At each call of a function: its process dies before or after it, or the answer to it gets lost. */
const faultsAt =
  (rate: number): Faults =>
  ({ caller }) => {
    if (caller === "floodgate-command" || Math.random() >= rate) return undefined;
    const kind = Math.floor(Math.random() * 3);
    if (kind === 0) return { _tag: "LoseAnswer" };
    return { _tag: "Crash", when: kind === 1 ? "before" : "after" };
  };

describe(`${runs} runs with random crashes and lost answers`, () => {
  it.each(rates)(
    "at a rate of %d a call lose no copy, and each has one named outcome",
    async (rate) => {
      let alsoParked = 0;
      let deadLetters = 0;
      for (let seed = 1; seed <= Math.ceil(runs / rates.length); seed += 1) {
        const run = await runLocally(events, { seed, faults: faultsAt(rate) });
        const { delivered, setAside, duplicates, parked, inFlight, received } = run.ledger;
        const sum = [...Object.values(parked), ...Object.values(setAside)].reduce((total, each) => total + each, 0);
        expect([seed, run.differences]).toStrictEqual([seed, []]);
        expect([seed, received, inFlight]).toStrictEqual([seed, events.length, 0]);
        expect([seed, delivered + duplicates + sum + run.ledger.alsoParked]).toStrictEqual([seed, received]);
        expect([seed, run.outcomes.size]).toStrictEqual([seed, received]);
        alsoParked += run.ledger.alsoParked;
        deadLetters += parked["deadLetter"] ?? 0;
      }
      console.log(`rate ${rate}: ${alsoParked} copies handed over and also parked, ${deadLetters} dead letters`);
    },
    600_000,
  );
});
