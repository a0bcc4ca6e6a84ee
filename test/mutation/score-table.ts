import type { MutationRow } from "./rows.ts";

/** Percentage of the planted bugs that have to be noticed. */
export const thresholds = { decisions: 90, adapters: 80 };

const percentOf = (rows: ReadonlyArray<MutationRow>): number =>
  rows.length === 0 ? 100 : (rows.filter(({ isNoticed }) => isNoticed).length / rows.length) * 100;

const cell = (rows: ReadonlyArray<MutationRow>): string =>
  rows.length === 0
    ? "".padStart(18)
    : `${percentOf(rows).toFixed(1)} % of ${String(rows.length).padStart(4)}`.padStart(18);

export interface Scores {
  /** The bugs that no test notices, and the scores. */
  readonly text: string;
  /** By room and kind of file. */
  readonly scores: string;
  /** Whether both kinds reach their thresholds. */
  readonly isGood: boolean;
}

export const scoreTable = (rows: ReadonlyArray<MutationRow>): Scores => {
  const decisions = rows.filter(({ isDecision }) => isDecision);
  const adapters = rows.filter(({ isDecision }) => !isDecision);
  const line = (name: string, of: (row: MutationRow) => boolean): string =>
    `${name.padEnd(14)}${cell(decisions.filter(of))}${cell(adapters.filter(of))}`;
  const survivors = rows.filter(({ isNoticed }) => !isNoticed);
  const isGood = percentOf(decisions) >= thresholds.decisions && percentOf(adapters) >= thresholds.adapters;
  const scores = [
    `${"noticed".padEnd(14)}${"decisions, steps".padStart(18)}${"adapters, runtime".padStart(18)}`,
    ...[...new Set(rows.map(({ room }) => room))].map((room) => line(room, (row) => row.room === room)),
    line("all", () => true),
    `needed: ${thresholds.decisions} % and ${thresholds.adapters} %${isGood ? "" : ": NOT REACHED"}`,
  ].join("\n");
  const left = survivors.map(
    ({ file, line: at, mutator, replacement }) =>
      `${file}:${at} ${mutator} -> ${replacement.replace(/\s+/g, " ").slice(0, 100)}`,
  );
  return { text: [...left, "", scores].join("\n"), scores, isGood };
};
