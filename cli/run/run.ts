import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../local/cloud.ts";
import { type Progress, run } from "../../local/run.ts";
import { type Command, exitCode, readOptions, wholeNumber } from "../command.ts";
import { inputProblems, isWhole, readInput } from "../input/input-problems.ts";
import { newestTime } from "../input/newest-time.ts";
import { chooseGenesys } from "../local-genesys.ts";
import { localOptions, outageHelp, readOutages } from "../local-options.ts";
import { takeOut } from "../out-folder.ts";
import { evaluatePlan } from "../plan/evaluate-plan.ts";
import { bar, complain, duration, number, progressLine, say } from "../terminal.ts";
import { checkReport } from "./check-report.ts";
import { generatedInput } from "./generated-input.ts";
import { Recorder } from "./record-cloud.ts";
import { reportHtml } from "./report.ts";
import { mostNamed, parkedAsMalformed, refusal, resultText } from "./result-text.ts";

const campaignSize = 20_000;
/** A campaign of every run lies on the same day, so that the same seed gives the same keys. */
const campaignStart = Date.UTC(2026, 0, 5, 9);
const progress = ({ sent, total, waiting, simulatedMilliseconds }: Progress): string =>
  `${bar(sent / Math.max(1, total))} ${number(sent)} of ${number(total)} sent, ${number(waiting)} in flight, ` +
  `${duration(simulatedMilliseconds)} of simulated time`;

export const command: Command = {
  summary: "send a test campaign through the pipeline on this machine, and count every event",
  help: `
Usage: npx floodgate run [options]

Evaluates the Pulumi program, starts what it declares in this process, sends events, waits until all are settled,
and counts every one of them. Needs no network and no account. Exit code 1 if it does not add up, or if the file has no
event or cannot be read to its end.

  --events PATH   a file of events, or a directory of them: single events, arrays, a line each, one behind the other,
                  or an export of EventBridge, SQS or CloudWatch Logs; gzipped or not
                  (default: a generated campaign of conversations, ${number(campaignSize)} events or a few more)
  --rate N        events of a file, or conversations of a campaign that begin, per minute of the run's
                  time (default: 10000)
  --seed N        another campaign and other chances (default: 1)
  --out DIR       where objects are written; emptied first, if a run made it (default: out)
  --genesys URL   a Genesys other than the local one: base URL of /oauth/token and /api/v2/...
                  (or GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and GENESYS_REGION for a real organisation)
  --stack NAME    whose Pulumi.NAME.yaml to boot from (default: dev)
  --config K=V    a configuration value instead of the file's; may be repeated
${outageHelp}
  --report FILE   also write the run as a static HTML page with charts over its time
  --verbose       also what of the program was not simulated, and a delivered line as a whole
  --json          the ledger as one JSON object

Examples:
  npx floodgate run
  npx floodgate run --events events.jsonl --json
  npx floodgate run --config 'floodgate:processing={"batchSize":10}'
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...localOptions,
      events: { type: "string" },
      rate: { type: "string" },
      seed: { type: "string" },
      report: { type: "string" },
      verbose: { type: "boolean", default: false },
    });
    const seed = wholeNumber("seed", options.seed, 1, 0);
    const perMinute = wholeNumber("rate", options.rate, 10_000);
    const outages = readOutages(options.outage);
    const recorded = options.events === undefined ? undefined : readInput(options.events);
    checkReport(options.report);
    const chosen = chooseGenesys(options.genesys, options.stack, options.config, process.env);
    const line = progressLine();
    line.show("evaluating the program");
    const plan = await evaluatePlan(options.stack, [...chosen.configuration, ...options.config]);
    const input = recorded ?? generatedInput(plan, { count: campaignSize, seed, perMinute, start: campaignStart });
    const folder = takeOut(options.out);
    const recorder = new Recorder();
    const result = await run({
      plan,
      ...(chosen.genesys === undefined ? {} : { genesys: chosen.genesys }),
      events: input.events,
      seed,
      perMinute,
      start: options.events === undefined ? campaignStart : newestTime(input.events, Date.now()),
      out: join(options.out),
      outages,
      ...(options.report === undefined ? {} : { beforeSending: (cloud: Cloud) => recorder.start(cloud, outages) }),
      onProgress: (state) => line.show(progress(state)),
    }).finally(folder.release);
    line.clear();
    if (options.report !== undefined) writeFileSync(options.report, reportHtml(result, await recorder.finish()));
    if (options.json) {
      say(JSON.stringify(result.ledger));
      for (const difference of result.differences.slice(0, mostNamed)) complain(difference);
      if (result.refused > 0) complain(`refused: ${result.refused} events ${refusal}`);
      for (const file of input.ignored) complain(`ignored: ${file}`);
      for (const problem of inputProblems(input, parkedAsMalformed)) complain(problem);
    } else say(resultText(result, input, { genesys: chosen.described, isVerbose: options.verbose }));
    return result.ledger.balanced && isWhole(input) ? exitCode.done : exitCode.failed;
  },
};
