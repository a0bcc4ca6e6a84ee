import { faultKinds } from "./fault-kinds.ts";
import type { Variant } from "./simulation.ts";
import type { Swarm } from "./swarm.ts";

const minute = 60_000;

const at = (milliseconds: number): string => `${(milliseconds / minute).toFixed(1)} min`;

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

/** Everything that a seed has chosen, a line each. */
export const describeSwarm = (swarm: Swarm, variants: ReadonlyArray<Variant>): ReadonlyArray<string> => {
  const nameOf = (index: number): string => variants[index % variants.length]?.name ?? "";
  const { events, perMinute, minutes, hasMap, faults, acts, deployments, only } = swarm;
  return [
    `configuration  ${nameOf(swarm.variant)}`,
    `events         ${only === undefined ? events : `${only.length} of ${events}`}, ${Number(perMinute.toPrecision(3))} a minute`,
    `faults last    ${minutes} min`,
    `priority map   ${hasMap ? "published before the first event" : "not yet published"}`,
    ...faults.map(
      ({ kind, from, until, rate }) =>
        `fault          ${kind}: ${faultKinds[kind]?.describes ?? "?"}; ${percent(rate)}, from ${at(from)} to ${at(until)}`,
    ),
    ...acts.map(({ at: when, does }) => `operator       ${does} at ${at(when)}`),
    ...deployments.map(({ at: when, variant }) => `deployment     at ${at(when)} (${variant})`),
  ];
};
