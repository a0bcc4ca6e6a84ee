import { readFileSync, writeFileSync } from "node:fs";
import { simulateSeed } from "../../local/simulation/simulate-seed.ts";
import type { Simulation } from "../../local/simulation/simulation.ts";
import { drawSwarm } from "../../local/simulation/swarm.ts";
import { setup } from "../support/setup/temporary-folder.ts";
import { simulation } from "../support/simulation.ts";
import { mutations } from "./mutations.ts";

/*
 * Finds for every planted mistake the first seed by which the judge notices it, and writes the table of
 * docs/simulation.md: npx node test/simulation/find-mutations.ts [--write] [part of a name]
 */

const document = "docs/simulation.md";
const mostSeeds = 200;

interface Found {
  readonly seed: number;
  readonly said: string;
}

const noticedBy = async (right: Simulation, mutation: Simulation["mutation"]): Promise<Found | undefined> => {
  if (mutation === undefined) return undefined;
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const swarm = drawSwarm(seed, { variants: right.variants.length });
    const { differences } = await simulateSeed(swarm, { ...right, mutation });
    const [said] = differences;
    if (said !== undefined) return { seed, said };
  }
  return undefined;
};

/** Ids say nothing to a reader, and keys of objects too much. */
const shortened = (said: string): string =>
  said
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27,}/g, "...")
    .replaceAll(/\b[0-9a-f]{32}\b/g, "...")
    .replaceAll("|", "\\|")
    .slice(0, 110);

const rows: string[] = [];
// Configurations of its own: those of another run may be of another program.
const remove = setup();
const own = await simulation();
const [wanted] = process.argv.slice(2).filter((each) => !each.startsWith("--"));
for (const [name, { does, mutation }] of Object.entries(mutations)) {
  if (wanted !== undefined && !name.includes(wanted)) continue;
  const found = await noticedBy(own, mutation);
  const row = `| ${name} | ${does} | ${found?.seed ?? "-"} | ${shortened(found?.said ?? "not noticed")} |`;
  rows.push(row);
  process.stdout.write(`${row}\n`);
}

if (process.argv.includes("--write") && wanted === undefined) {
  const table = ["| Mistake | What it does | Seed | What the judge says |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  const text = readFileSync(document, "utf8");
  writeFileSync(
    document,
    text.replace(/<!-- mutations -->[\s\S]*<!-- \/mutations -->/, `<!-- mutations -->\n${table}\n<!-- /mutations -->`),
  );
}
remove();
process.exit(0);
