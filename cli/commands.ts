import type { CommandEntry } from "./command.ts";

/** A command's module is loaded when it is called: `plan` brings Pulumi, `run` the local cloud. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  run: {
    summary: "send a test campaign through the pipeline on this machine, and count every event",
    load: () => import("./run/run.ts"),
  },
  bench: {
    summary: "measure admission, cold starts and objects against their budgets",
    load: () => import("./bench.ts"),
  },
  dev: { summary: "run the pipeline on this machine, with a live page", load: () => import("./dev.ts") },
  doctor: {
    summary: "check what a stack needs in AWS and in Genesys, and say what to do",
    load: () => import("./doctor/doctor.ts"),
  },
  dropped: { summary: "count what admission set aside, per queue and minute", load: () => import("./flow/dropped.ts") },
  failed: {
    summary: "list, show, redrive, park, export or import failed events",
    load: () => import("./failed/failed.ts"),
  },
  find: {
    summary: "tell a conversation as a timeline, or all that happened to an event",
    load: () => import("./find/find.ts"),
  },
  init: {
    summary: "write the configuration of a new stack, check it, and say what comes next",
    load: () => import("./init/init.ts"),
  },
  map: { summary: "refresh, show or explain the queue priority map", load: () => import("./map/map.ts") },
  pause: { summary: "stop the flow in an incident; events wait in the buffer", load: () => import("./flow/pause.ts") },
  plan: { summary: "evaluate the program offline and print what it declares", load: () => import("./plan/plan.ts") },
  query: {
    summary: "ask the stack's tables in SQL: Athena, or DuckDB for a run on this machine",
    load: () => import("./query/query.ts"),
  },
  replay: { summary: "replay events of the archive, day by day", load: () => import("./replay.ts") },
  resume: { summary: "let events flow again after pause", load: () => import("./flow/resume.ts") },
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
