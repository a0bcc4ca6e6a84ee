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

/** Where somebody at the command line finds the stack. */
export interface Operated {
  readonly cloud: Cloud;
  /** A file with the stack's outputs. */
  readonly outputsFile: string;
  /** A folder for what commands write. */
  readonly folder: string;
}

/** Somebody at the command line; the promise ends with the command, whatever came of it. */
export type Operate = (act: OperatorAct, operated: Operated) => Promise<void>;

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
