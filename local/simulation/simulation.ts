import * as t from "io-ts";
import type { InputEvent } from "../campaign/input-event.ts";
import type { Cloud, CloudOptions } from "../cloud.ts";
import type { Plan } from "../plan.ts";
import type { Faults } from "../service.ts";
import { Coverage } from "./coverage.ts";
import type { Rules } from "./judge/settled.ts";
import { type OperatorAct, Swarm } from "./swarm.ts";

/** A configuration that a simulation boots from. */
export interface Variant {
  readonly name: string;
  readonly plan: Plan;
  readonly rules: Rules;
  /** The stack's outputs, by which commands find it. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** How a command ended. An exit code is an answer; one that broke off has given none. */
export interface Operated {
  readonly how: string;
  readonly isBroken: boolean;
}

/** Somebody at the command line, who finds the stack by a file of its outputs; the promise never rejects. */
export type Operate = (act: OperatorAct, outputsFile: string) => Promise<Operated>;

/** Wiring that is not as it should be, to find out whether the judge sees it; see test/simulation. */
export interface Mutation {
  readonly load?: NonNullable<CloudOptions["load"]>;
  readonly plan?: (plan: Plan) => Plan;
  readonly wire?: (cloud: Cloud, onRequest: (faults: Faults) => void) => void;
}

/** What all seeds have in common. */
export interface Simulation {
  readonly variants: ReadonlyArray<Variant>;
  readonly operate: Operate;
  /** Events of the user's own, instead of a campaign. */
  readonly events?: ReadonlyArray<InputEvent>;
  readonly mutation?: Mutation;
  /** When it takes place, epoch milliseconds; absent: on the day of every campaign. */
  readonly start?: number;
  /** Looks on while the seed's events happen. */
  readonly watch?: (cloud: Cloud) => void;
}

/** What became of a seed. */
export const SeedResult = t.strict(
  {
    swarm: Swarm,
    /** The same for the same seed, commit and configuration. */
    digest: t.string,
    /** Everything that is wrong, a line each. */
    differences: t.readonlyArray(t.string),
    coverage: Coverage,
    simulatedMilliseconds: t.number,
    /** What happened to the copy that the first difference names; empty where it was not recorded. */
    story: t.readonlyArray(t.string),
  },
  "SeedResult",
);
export type SeedResult = t.TypeOf<typeof SeedResult>;
