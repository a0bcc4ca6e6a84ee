import { neverReached, statesOf } from "../../local/simulation/coverage.ts";
import { describeSwarm } from "../../local/simulation/describe-swarm.ts";
import { scenarios } from "../../local/simulation/scenarios.ts";
import { campaignStart } from "../../local/simulation/simulate-seed.ts";
import type { SeedResult, Variant } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import { type Command, exitCode, readOptions } from "../command.ts";
import { inputProblems, isWhole, readInput } from "../input/input-problems.ts";
import { newestTime } from "../input/newest-time.ts";
import { chooseGenesys } from "../local-genesys.ts";
import { checkReport } from "../run/check-report.ts";
import { parkedAsMalformed } from "../run/result-text.ts";
import { complain, counted, duration, number, progressLine, say } from "../terminal.ts";
import { chooseSwarms, seedsForAll } from "./choose-swarms.ts";
import { explainFailure, type Failure, type Given } from "./failures.ts";
import { coverageText, failureText } from "./result-text.ts";
import { type Simulated, simulateAll, total } from "./simulate-all.ts";
import { writeReport } from "./simulated-report.ts";
import { evaluateVariants } from "./variants.ts";
import { withWorkers } from "./with-workers.ts";
import type { Workers } from "./workers.ts";

/** Failures that are made smaller and explained; more would be more of the same. */
const mostExplained = 3;

const scenarioWidth = Math.max(...Object.keys(scenarios).map((name) => name.length));

const scenarioHelp = Object.entries(scenarios)
  .map(([name, { describes }]) => `                    ${name.padEnd(scenarioWidth)}  ${describes}`)
  .join("\n");

/** Things that no seed reached, where all of them should have been. */
const missing = ({ coverage }: Simulated, [variant]: ReadonlyArray<Variant>): ReadonlyArray<string> =>
  variant === undefined ? [] : neverReached(coverage, variant.plan);

const explainAll = async (
  failed: ReadonlyArray<SeedResult>,
  sentBy: (swarm: Swarm) => number,
  workers: Workers,
  given: Given,
): Promise<ReadonlyArray<Failure>> => {
  const line = progressLine();
  const failures: Failure[] = [];
  for (const result of failed.slice(0, mostExplained)) {
    line.show(`making the failure of seed ${result.swarm.seed} smaller`);
    failures.push(await explainFailure(result, sentBy(result.swarm), workers, given));
  }
  line.clear();
  return failures;
};

export const command: Command = {
  summary: "let days of bad luck happen to the pipeline, seed by seed, and judge what is left",
  help: `
Usage: npx floodgate simulate [options]

Boots the stack on this machine and lets a different mix of faults, operators and deployments happen to it for every
seed, in virtual time: copies, lost answers, throttling, killed processes, outages, clocks that differ. When all has
settled, every event that was accepted has to be accounted for. The same seed on the same commit and configuration is
the same history; a hash of it is printed. Exit code 1 if a seed fails or --events cannot be read to its end, and from ${number(seedsForAll)} seeds on also if a kind of fault, an
outcome, or a state or catch of a state machine was never reached.

  --seeds N         how many seeds (default: 100)
  --from SEED       the first of them (default: 1)
  --minutes M       for how long things go wrong, instead of what each seed chooses
  --scenario NAME   a story on top of what the seeds choose:
${scenarioHelp}
  --events PATH     events of your own instead of a campaign, as \`run\` reads them
  --swarm JSON      exactly this, as a failed seed has printed it
  --stack NAME      whose Pulumi.NAME.yaml to boot from (default: dev)
  --config K=V      a configuration value instead of the file's; may be repeated. Seeds choose between several
                    configurations on top of the stack's own, with small limits; with --config they all have yours
  --report FILE     also write the first seed that fails, or else the first one, as a page with its faults over time
  --json            one JSON object

Examples:
  npx floodgate simulate
  npx floodgate simulate --scenario firehose-outage --seeds 1
  npx floodgate simulate --seeds 1000 --json
`,
  run: async (args) => {
    const options = readOptions(args, {
      seeds: { type: "string" },
      from: { type: "string" },
      minutes: { type: "string" },
      scenario: { type: "string" },
      events: { type: "string" },
      swarm: { type: "string" },
      stack: { type: "string", default: "dev" },
      config: { type: "string", multiple: true, default: [] },
      report: { type: "string" },
      json: { type: "boolean", default: false },
    });
    chooseSwarms(options, 1);
    checkReport(options.report);
    const input = options.events === undefined ? undefined : readInput(options.events);
    for (const file of input?.ignored ?? []) complain(`ignored: ${file}`);
    for (const problem of input === undefined ? [] : inputProblems(input, parkedAsMalformed)) complain(problem);
    const start = newestTime(input?.events ?? [], campaignStart);
    const own = { ...(input === undefined ? {} : { events: input.events }), start };
    const line = progressLine();
    line.show("evaluating the program");
    const { configuration } = chooseGenesys(undefined, options.stack, options.config, {});
    const variants = await evaluateVariants(options.stack, configuration, options.config);
    line.clear();
    const { swarms, isWholeMix } = chooseSwarms(options, variants.length);
    const job = { ...(options.events === undefined ? {} : { events: options.events }), start };
    return await withWorkers(variants, job, swarms.length, async (workers) => {
      const began = performance.now();
      const simulated = await simulateAll(swarms, workers);
      const took = performance.now() - began;
      const given = { stack: options.stack, config: options.config, events: options.events };
      const sentBy = ({ events }: Swarm): number => input?.events.length ?? events;
      const failures = await explainAll(simulated.failed, sentBy, workers, given);
      const shown = failures[0]?.swarm ?? swarms[0];
      if (options.report !== undefined && shown !== undefined) await writeReport(options.report, shown, variants, own);
      const never = missing(simulated, variants);
      const isRead = input === undefined || isWhole(input);
      const isDone = isRead && simulated.failed.length === 0 && (!isWholeMix || never.length === 0);
      const { hash, coverage, failed } = simulated;
      if (options.json) {
        const seeds = failed.map(({ swarm }) => swarm.seed);
        say(JSON.stringify({ seeds: swarms.length, hash, failed: seeds, failures, coverage, neverReached: never }));
        return isDone ? exitCode.done : exitCode.failed;
      }
      const [only] = swarms;
      if (swarms.length === 1 && only !== undefined)
        say(`Seed ${only.seed}\n  ${describeSwarm(only, variants).join("\n  ")}\n`);
      const all = variants[0] === undefined ? 0 : statesOf(variants[0].plan).length;
      say(coverageText(coverage, all));
      if (isWholeMix) for (const each of never) complain(`never reached: ${each}`);
      for (const failure of failures) say(`\n${failureText(failure)}`);
      say(
        `\n${counted(swarms.length, "seed")} in ${duration(took)}, ${failed.length} failed, ${number(total(coverage.faults))} faults. History ${hash}.`,
      );
      return isDone ? exitCode.done : exitCode.failed;
    });
  },
};
