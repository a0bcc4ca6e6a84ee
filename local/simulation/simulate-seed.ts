import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit } from "../audit/audit.ts";
import { type Clock, virtualClock } from "../clock.ts";
import { type Cloud, startCloud } from "../cloud.ts";
import type { RunResult } from "../run.ts";
import { counter } from "./coverage.ts";
import { recordHistory } from "./history.ts";
import { judge } from "./judge/judge.ts";
import { mayRepeat } from "./judge/may-repeat.ts";
import type { Rules } from "./judge/settled.ts";
import { watchMaps } from "./judge/watch-maps.ts";
import { watchRetries } from "./judge/watch-retries.ts";
import { type Life, liveThrough } from "./live-through.ts";
import type { SeedResult, Simulation, Variant } from "./simulation.ts";
import { storyOf } from "./story.ts";
import type { Swarm } from "./swarm.ts";

/** What became of a seed, with the ledger of the audit. */
export interface SimulatedSeed extends SeedResult {
  readonly ledger: RunResult["ledger"];
}

/** When campaigns take place. */
export const campaignStart = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;

/**
 * The configurations that a swarm's numbers mean: its own, and for its deployments those that treat excess alike, as a
 * ledger over both ways would have to know when each decision was made, and that redact alike: else events have other keys
 * from then on (docs/security.md).
 */
const configurationsOf = ({ variant }: Swarm, { variants }: Simulation): ((index: number) => Variant) => {
  const own = variants[variant % variants.length];
  if (own === undefined) throw new Error("a simulation needs a configuration");
  const alike = variants.filter(
    ({ rules }) => rules.storesExcess === own.rules.storesExcess && rules.redacts === own.rules.redacts,
  );
  return (index) => (index === variant ? own : (alike[index % alike.length] ?? own));
};

/** Of several configurations that were in force one after the other, what the widest allows. */
const widest = (rules: ReadonlyArray<Rules>): Rules => ({
  perQueueAndSecond: Math.max(...rules.map(({ perQueueAndSecond }) => perQueueAndSecond)),
  dropsUnknown: rules.some(({ dropsUnknown }) => dropsUnknown),
  storesExcess: rules.some(({ storesExcess }) => storesExcess),
  redacts: rules.some(({ redacts }) => redacts),
});

/** What is wrong with a cloud that has settled: what the audit does not find in order, and what the judge does not. */
const settle = async (
  life: Life,
  { sent, fresh, mapSince, broken }: Awaited<ReturnType<typeof liveThrough>>,
  seen: ReadonlyArray<string>,
) => {
  const { swarm, deployed, faults } = life;
  const inForce = [swarm.variant, ...swarm.deployments.map(({ variant }) => variant)];
  const rules = widest(inForce.map((index) => deployed(index).rules));
  const cloud = { ...life.cloud, redacts: rules.redacts };
  const ledger = await audit(cloud);
  const losesGenesys = faults.counts["genesys-resets"] !== undefined;
  const repeats = mayRepeat(faults.counts, cloud.logs);
  const judged = await judge({
    cloud,
    rules,
    sent,
    mayRepeat: repeats,
    flights: life.history.flights,
    mapSince,
    seen,
    losesGenesys,
    fresh,
  });
  const unsettled = [...ledger.outcomes]
    .filter(([, place]) => place === "inFlight")
    .map(([messageId]) => `copy ${messageId} has come to no end`);
  const outcomes = counter();
  for (const place of ledger.outcomes.values()) outcomes.count(place);
  return { ledger: ledger.ledger, differences: [...ledger.differences, ...unsettled, ...judged, ...broken], outcomes };
};

const buildCloud = (clock: Clock, folder: string, { plan }: Variant, { mutation }: Simulation): Promise<Cloud> =>
  startCloud({
    plan: mutation?.plan?.(plan) ?? plan,
    clock,
    isVirtual: true,
    out: join(folder, "out"),
    archiveLag: minute,
    ...(mutation?.load === undefined ? {} : { load: mutation.load }),
  });

const liveAndSettle = async (
  cloud: Cloud,
  folder: string,
  swarm: Swarm,
  simulation: Simulation,
): Promise<SimulatedSeed> => {
  const begin = cloud.clock.now();
  // Only a swarm that has been made smaller is going to be read.
  const history = recordHistory(cloud, begin, swarm.only !== undefined);
  const [faults, states, acts] = [counter(), counter(), counter()];
  const retries = watchRetries(cloud);
  const maps = watchMaps();
  cloud.machines.onEvent = (execution, event, state, input) => {
    const { machine } = execution;
    if (event === "StateEntered") {
      retries.entered(execution, state, input);
      maps.entered(execution, state, input);
    }
    if (event === "StateEntered" || event === "StateCaught") states.count(`${machine}/${state}`);
    history.note(`${machine}: ${event} ${state}`);
  };
  const deployed = configurationsOf(swarm, simulation);
  const life: Life = { cloud, swarm, simulation, deployed, folder, history, faults, acts };
  const lived = await liveThrough(life);
  const { ledger, differences, outcomes } = await settle(life, lived, [
    ...retries.seen,
    ...(faults.counts["map-is-lost"] === undefined ? maps.seen : []),
  ]);
  return {
    swarm,
    ledger,
    digest: history.digest(),
    differences,
    coverage: { faults: faults.counts, outcomes: outcomes.counts, states: states.counts, acts: acts.counts },
    simulatedMilliseconds: cloud.clock.now() - begin,
    story: storyOf(history, cloud, differences),
  };
};

/** Builds one cloud, lets a seed's events, faults, people and deployments happen to it, and judges what is left. */
export const simulateSeed = async (swarm: Swarm, simulation: Simulation): Promise<SimulatedSeed> => {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-simulation-"));
  const clock = virtualClock(simulation.start ?? campaignStart, swarm.seed);
  try {
    const cloud = await buildCloud(clock, folder, configurationsOf(swarm, simulation)(swarm.variant), simulation);
    try {
      return await liveAndSettle(cloud, folder, swarm, simulation);
    } finally {
      cloud.stop();
    }
  } finally {
    clock.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
