import type { Cloud } from "../cloud.ts";
import type { Faults } from "../service.ts";
import { installedFaults } from "./fault-kinds.ts";
import { randomOf } from "./random-of.ts";
import type { Swarm } from "./swarm.ts";

/** Lets several faults concern the same request; the first that answers wins. */
export const faultsOfRequests = ({ gateway }: Cloud): ((faults: Faults) => void) => {
  const all: Faults[] = [];
  gateway.faults = (request) => {
    for (const faults of all) {
      const fault = faults(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return (faults) => void all.push(faults);
};

/** Lets the chosen faults happen, each for as long as it is meant to; answers how to end them all. */
export const injectFaults = (
  cloud: Cloud,
  { seed, faults }: Swarm,
  onRequest: (faults: Faults) => void,
  onInjected: (kind: string) => void,
): (() => void) => {
  const start = cloud.clock.now();
  let isOver = false;
  for (const { kind, from, until, rate } of faults) {
    const random = randomOf(seed, kind);
    const chance = (): boolean => {
      const at = cloud.clock.now() - start;
      if (isOver || at < from || at >= until || random() >= rate) return false;
      onInjected(kind);
      return true;
    };
    installedFaults[kind]?.install({ cloud, random, onRequest, isOver: () => isOver }, chance);
  }
  return () => {
    isOver = true;
  };
};
