import type { Counts, Coverage } from "../../local/simulation/coverage.ts";
import { number, paint, plain, table } from "../terminal.ts";
import type { Failure } from "./failures.ts";

const counts = (title: string, of: Counts): string => {
  const rows = Object.entries(of)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => [`  ${name}`, number(count)]);
  return rows.length === 0 ? "" : `${title}\n${table(rows)}\n`;
};

/** What the seeds reached: whether the simulation has proved anything at all. */
export const coverageText = ({ faults, outcomes, acts, states }: Coverage, all: number): string =>
  [
    counts("Faults that happened", faults),
    counts("What became of copies", outcomes),
    counts("Operators and deployments", acts),
    `States and catches of the state machines: ${number(Object.keys(states).length)} of ${number(all)} reached.`,
  ]
    .filter((part) => part !== "")
    .join("\n");

export const failureText = ({ seed, differences, swarm, repeat, story }: Failure): string =>
  [
    paint("red", `Seed ${seed} fails:`),
    ...differences.slice(0, 5).map((difference) => `  ${plain(difference)}`),
    ...(differences.length > 5 ? [`  and ${number(differences.length - 5)} more`] : []),
    `As small as it gets: ${swarm.only?.length ?? swarm.events} events, faults ${swarm.faults.map(({ kind }) => kind).join(", ") || "none"}.`,
    "To repeat it:",
    `  ${repeat}`,
    ...(story.length === 0 ? [] : ["What happened to the event:", ...story.map((line) => plain(line))]),
  ].join("\n");
