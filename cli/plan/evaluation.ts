import * as t from "io-ts";

/** What a process that evaluates is asked for, over its channel: a stack of the folder `cwd`, with changed values. */
export const Evaluation = t.strict(
  { cwd: t.string, stack: t.string, overrides: t.readonlyArray(t.string) },
  "Evaluation",
);
export type Evaluation = t.TypeOf<typeof Evaluation>;

/** What it answers: the plan's resources and outputs, or what is wrong with the program or its configuration. */
export const Evaluated = t.union(
  [t.strict({ resources: t.UnknownArray, outputs: t.UnknownRecord }), t.strict({ mistake: t.string })],
  "Evaluated",
);
export type Evaluated = t.TypeOf<typeof Evaluated>;
