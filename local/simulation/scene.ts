import type { Cloud } from "../cloud.ts";
import type { Fault, Faults, ServiceRequest } from "../service.ts";

/** Whether it goes wrong this time; what did is counted. */
export type Chance = () => boolean;

/** A cloud to which things happen: what a kind of fault is installed on. */
export interface Scene {
  readonly cloud: Cloud;
  /** From the fault's own generator, so that leaving one fault out changes no other. */
  readonly random: () => number;
  /** Whether nothing goes wrong any more. */
  readonly isOver: () => boolean;
  /** What goes wrong with requests; the first that answers wins. */
  readonly onRequest: (fault: Faults) => void;
}

/** A kind of fault that a seed may choose. */
export interface FaultKind {
  readonly describes: string;
  /** The highest rate at which the system can still be expected to come to an end. */
  readonly most: number;
  /** It happens on every occasion, for as long as it lasts. */
  readonly isOutage?: true;
  readonly install: (scene: Scene, chance: Chance) => void;
}

/** A service that does nothing else for a while. */
export const outageOf = (kind: FaultKind, describes: string): FaultKind => ({
  ...kind,
  describes,
  most: 1,
  isOutage: true,
});

export const of =
  (...prefixes: ReadonlyArray<string>) =>
  ({ operation, caller }: ServiceRequest): boolean =>
    caller !== "floodgate-command" && prefixes.some((prefix) => operation.startsWith(prefix));

/** A kind whose fault befalls requests, each by chance. */
export const onRequests = (
  describes: string,
  concerns: (request: ServiceRequest) => boolean,
  fault: (request: ServiceRequest, scene: Scene) => Fault | undefined,
  most = 0.3,
): FaultKind => ({
  describes,
  most,
  install: (scene, chance) =>
    scene.onRequest((request) => (concerns(request) && chance() ? fault(request, scene) : undefined)),
});
