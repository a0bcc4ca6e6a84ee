import type { Swarm } from "./swarm.ts";

/** Whether a swarm still fails. */
type Fails = (swarm: Swarm) => Promise<boolean>;

/** At most so many tries of one failure; each costs as long as a seed. */
const mostTries = 150;

/** Leaves out as large pieces of a list as it can, then smaller ones, for as long as the rest still fails. */
const shrinkList = async <A>(
  items: ReadonlyArray<A>,
  failsWith: (rest: ReadonlyArray<A>) => Promise<boolean>,
): Promise<ReadonlyArray<A>> => {
  let rest = items;
  for (let size = rest.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < rest.length; ) {
      const shorter = [...rest.slice(0, from), ...rest.slice(from + size)];
      if (await failsWith(shorter)) rest = shorter;
      else from += size;
    }
  }
  return rest;
};

const minute = 60_000;

/** What goes wrong lasts no longer than the swarm. */
const lasting = (swarm: Swarm, minutes: number): Swarm => ({
  ...swarm,
  minutes,
  faults: swarm.faults.map((fault) => ({ ...fault, until: Math.min(fault.until, minutes * minute) })),
});

/**
 * A smaller swarm that still fails: fewer faults, operators and deployments, then fewer events, then less time. `sent` is
 * how many events the whole one sends.
 */
export const shrink = async (swarm: Swarm, sent: number, fails: Fails): Promise<Swarm> => {
  let tries = 0;
  const still: Fails = async (smaller) => {
    tries += 1;
    return tries <= mostTries && (await fails(smaller));
  };
  let best = swarm;
  const keep = async <K extends "faults" | "acts" | "deployments">(name: K): Promise<void> => {
    const list: ReadonlyArray<Swarm[K][number]> = best[name];
    const kept = await shrinkList(list, (rest) => still({ ...best, [name]: rest }));
    best = { ...best, [name]: kept };
  };
  await keep("faults");
  await keep("acts");
  await keep("deployments");
  const all = best.only ?? Array.from({ length: sent }, (_, index) => index);
  best = { ...best, only: await shrinkList(all, (only) => still({ ...best, only })) };
  await keep("faults");
  for (let minutes = Math.floor(best.minutes / 2); minutes >= 1; minutes = Math.floor(minutes / 2)) {
    const shorter = lasting(best, minutes);
    if (!(await still(shorter))) break;
    best = shorter;
  }
  return best;
};
