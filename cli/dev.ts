import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, realClock } from "../local/clock.ts";
import { startCloud } from "../local/cloud.ts";
import { outageFaults } from "../local/outages.ts";
import { type Pace, pacedClock } from "../local/paced-clock.ts";
import { servePage } from "../local/watch/page.ts";
import { type Command, exitCode, readOptions, wholeNumber } from "./command.ts";
import { findEvent } from "./find/find-event.ts";
import { timelineOf } from "./find/timeline.ts";
import { timelinePage } from "./find/timeline-page.ts";
import { chooseGenesys } from "./local-genesys.ts";
import { localOptions, outageHelp, readOutages } from "./local-options.ts";
import { takeOut } from "./out-folder.ts";
import { evaluatePlan } from "./plan/evaluate-plan.ts";
import { malformedPercentOf } from "./run/malformed-percent.ts";
import { operate } from "./simulate/operators.ts";
import { openStack } from "./stack/stack.ts";
import { commandCaller } from "./stack/stack-outputs.ts";
import { paint, say } from "./terminal.ts";

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });

/** Asks once; a failure is forgotten, so that it is asked again. */
const remembered = <A>(ask: () => Promise<A>): (() => Promise<A>) => {
  let known: Promise<A> | undefined;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
};

/** What was under way when the cloud was stopped may wait for answers that never come. */
const leaveSoon = (): void => {
  setTimeout(() => process.exit(), 1_000).unref();
};

/** Chances of a stack that people try by hand; each start has its own. */
const seedOf = (now: number): number => now % 2 ** 32;

/** Time that the page can let pass faster; with a Genesys elsewhere, which has its own time, the machine's. */
const startClock = (isLocalGenesys: boolean): { readonly clock: Clock; readonly pace: Pace | undefined } =>
  isLocalGenesys ? pacedClock(Date.now(), seedOf(Date.now())) : { clock: realClock(), pace: undefined };

export const command: Command = {
  summary: "run the pipeline on this machine, with a live page",
  help: `
Usage: npx floodgate dev [--port N] [--out DIR] [--stack NAME] [--config KEY=VALUE ...] [--genesys URL]

Starts what the program declares and keeps it running until Ctrl-C. Writes DIR/outputs.json; pass it to the other
commands with --outputs. With the local Genesys, the page can let time stand still or pass 10 or 60 times as fast; the
pipeline's clock is then ahead of this machine's, or behind it: times that the commands show and take (--since) are the
machine's own.

  --port N        port of the local AWS endpoint (default: 4100; 0: any)
  --out DIR       where objects and outputs.json are written; emptied first, if a run made it (default: out)
  --genesys URL   a Genesys other than the local one
  --archive-lag N minutes until the archive has an event, for \`replay\` (default: 10, as on AWS)
${outageHelp}

Example: npx floodgate dev
`,
  run: async (args) => {
    const options = readOptions(args, {
      ...localOptions,
      port: { type: "string" },
      "archive-lag": { type: "string" },
    });
    const outages = readOutages(options.outage);
    const port = wholeNumber("port", options.port, 4100, 0);
    const chosen = chooseGenesys(options.genesys, options.stack, options.config, process.env);
    const folder = takeOut(options.out);
    const file = join(options.out, "outputs.json");
    const planned = join(options.out, "planned-outputs.json");
    const plan = await evaluatePlan(options.stack, [...chosen.configuration, ...options.config], planned);
    const { clock, pace } = startClock(chosen.genesys === undefined);
    const cloud = await startCloud({
      plan,
      clock,
      isVirtual: pace !== undefined,
      keepsOutput: true,
      out: options.out,
      port,
      archiveLag: wholeNumber("archive-lag", options["archive-lag"], 10, 0) * 60_000,
      faults: outageFaults(outages, () => clock.now()),
      ...(chosen.genesys === undefined ? {} : { genesys: chosen.genesys }),
    });
    const openOwnStack = remembered(() => openStack({ outputs: file }));
    const page = servePage({
      cloud,
      active: outages,
      pace,
      malformedPercent: malformedPercentOf(plan),
      pause: (isOn) => operate(isOn ? "pause" : "resume", file),
      tell: async (id) => {
        const timeline = timelineOf(await findEvent(await openOwnStack(), id));
        return timeline === undefined ? null : timelinePage(timeline);
      },
    });
    cloud.gateway.isAtOnce = ({ caller }) => caller === commandCaller;
    const { accessKey } = cloud.gateway;
    const outputs: object = JSON.parse(readFileSync(planned, "utf8"));
    rmSync(planned);
    writeFileSync(
      file,
      `${JSON.stringify({ ...outputs, endpoint: cloud.endpoint, accessKey, genesysUrl: cloud.genesysUrl }, null, 2)}\n`,
      // Whoever may read it gets at everything here.
      { mode: 0o600 },
    );
    // Listening before anybody is told, or an early Ctrl-C would leave the outputs behind.
    const stopped = untilStopped();
    say(
      options.json
        ? JSON.stringify({ endpoint: cloud.endpoint, accessKey, outputs: file, page })
        : [
            paint("bold", "Floodgate is running on this machine. Ctrl-C stops it."),
            `  AWS endpoint   ${cloud.endpoint}   (region eu-central-1)`,
            `  access key     you.${accessKey}   (this run's own; any secret)`,
            `  live page      ${page}`,
            `  Genesys        ${chosen.described}`,
            `  objects        ${join(options.out, "s3")}`,
            `  outputs        ${file}`,
            "",
            "In another terminal:",
            `  npx floodgate doctor --outputs ${file}`,
            `  npx floodgate map refresh --outputs ${file}`,
            `  npx floodgate send --count 20 --wait --outputs ${file}`,
            `  npx floodgate status --outputs ${file}`,
            `  npx floodgate map explain "VIP 8" --outputs ${file}`,
            "",
            "Other tools use the same endpoint and the access key:",
            `  AWS_ENDPOINT_URL=${cloud.endpoint} AWS_ACCESS_KEY_ID=you.${accessKey} AWS_SECRET_ACCESS_KEY=x aws dynamodb describe-table --table-name deliveries`,
          ].join("\n"),
    );
    let isOver = false;
    try {
      // In virtual time nothing moves unless somebody lets it; a model that throws ends the command.
      await Promise.race([stopped, ...(pace === undefined ? [] : [clock.runUntil(() => isOver)])]);
    } finally {
      isOver = true;
      cloud.stop();
      rmSync(file, { force: true });
      folder.release();
      leaveSoon();
    }
    return exitCode.done;
  },
};
