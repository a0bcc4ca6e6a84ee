#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { type Command, exitCode, UsageError } from "./command.ts";
import { describeFailure } from "./explain-error.ts";
import { complain, say, table } from "./terminal.ts";

// Half of the time of a short command would be compiling the SDK again.
enableCompileCache();

// A command's module is loaded when it is called: `plan` brings Pulumi, `run` the local cloud.
const commands: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<{ command: Command }> }>
> = {
  run: {
    summary: "run the program on this machine with a burst of events, and audit it",
    load: () => import("./run/run.ts"),
  },
  bench: { summary: "measure against budgets, as ratios within one run", load: () => import("./bench.ts") },
  dev: { summary: "keep the program running on this machine, in real time", load: () => import("./dev.ts") },
  doctor: {
    summary: "check what a stack needs in AWS and in Genesys, and say what to do",
    load: () => import("./doctor/doctor.ts"),
  },
  dropped: { summary: "count what admission set aside, per queue and minute", load: () => import("./dropped.ts") },
  failed: {
    summary: "list, show, redrive, park, export or import failed events",
    load: () => import("./failed/failed.ts"),
  },
  find: {
    summary: "tell everything that happened to a conversation or an event",
    load: () => import("./find/find.ts"),
  },
  map: { summary: "refresh, show or explain the queue priority map", load: () => import("./map/map.ts") },
  pause: { summary: "stop the flow in an incident; events wait in the buffer", load: () => import("./pause.ts") },
  plan: { summary: "evaluate the program offline and print what it declares", load: () => import("./plan/plan.ts") },
  query: {
    summary: "ask the stack's tables in SQL: Athena, or DuckDB for a run on this machine",
    load: () => import("./query/query.ts"),
  },
  replay: { summary: "replay events of the archive, day by day", load: () => import("./replay.ts") },
  resume: { summary: "let events flow again after pause", load: () => import("./resume.ts") },
  send: { summary: "put events onto the stack's custom bus, and follow them", load: () => import("./send.ts") },
  simulate: {
    summary: "let days of bad luck happen to the pipeline, seed by seed, and judge what is left",
    load: () => import("./simulate/simulate.ts"),
  },
  status: {
    summary: "show what flows, waits, retries and is parked, with a verdict",
    load: () => import("./status/status.ts"),
  },
  verify: {
    summary: "prove that a stack works: known events in, and each of them where it belongs",
    load: () => import("./verify/verify.ts"),
  },
};

const usage = (): string =>
  [
    "floodgate: Genesys Cloud events from EventBridge to partitioned S3, at any volume",
    "",
    "Usage: npx floodgate <command> [options]",
    "",
    table(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    "",
    "Every command: --json (one object on standard output), --help.",
    "Exit codes: 0 done, 1 failed or a bad verdict, 2 wrong use.",
  ].join("\n");

const main = async ([name, ...args]: ReadonlyArray<string>): Promise<number> => {
  if (name === undefined || name === "--help" || name === "help") {
    say(usage());
    return name === undefined ? exitCode.usage : exitCode.done;
  }
  const entry = commands[name];
  if (entry === undefined) throw new UsageError(`there is no command ${name}; npx floodgate --help lists them`);
  const { command } = await entry.load();
  if (args.includes("--help")) {
    say(`floodgate ${name}: ${command.summary}\n\n${command.help.trim()}`);
    return exitCode.done;
  }
  return command.run(args);
};

// Whoever reads our output may stop before its end (`| head`): that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? exitCode.done);
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    complain(`floodgate: ${describeFailure(error)}`);
    if (!(error instanceof UsageError) && process.env["FLOODGATE_DEBUG"] !== undefined) console.error(error);
    process.exitCode = error instanceof UsageError ? exitCode.usage : exitCode.failed;
  },
);
