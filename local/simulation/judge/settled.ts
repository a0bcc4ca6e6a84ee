import type { Cloud } from "../../cloud.ts";
import type { Flights } from "./flights.ts";

/** What the judge knows of the stack's configuration; of several deployments the widest that was in force. */
export interface Rules {
  /** Distinct entries of a queue in a second of event time, at most. */
  readonly perQueueAndSecond: number;
  /** Entries of queues that the map does not know are set aside as well. */
  readonly dropsUnknown: boolean;
  /** What admission sets aside is stored apart, and not dropped. */
  readonly storesExcess: boolean;
  /** Values of some members may be written as digests. */
  readonly redacts: boolean;
}

/** What is known of a run when it has settled. */
export interface Settled {
  readonly cloud: Cloud;
  readonly rules: Rules;
  /** Texts that were put before a door, with the door. */
  readonly sent: ReadonlyArray<string>;
  /** Of which events, by key, a second line is no mistake. */
  readonly mayRepeat: (key: string) => boolean;
  /** Which copies were under way together: both may be delivered (design, "nothing lost"). */
  readonly flights: Flights;
  /** When nothing went wrong any more, where a refresh was due since; epoch milliseconds. */
  readonly mapSince: number | undefined;
  /** What was seen to go wrong while it went on, a line each. */
  readonly seen: ReadonlyArray<string>;
  /** Answers of Genesys got lost, so that nobody may know how long it wants to be left alone. */
  readonly losesGenesys: boolean;
  /** Conversations that were sent when nothing went wrong any more. */
  readonly fresh: ReadonlyArray<string>;
}
