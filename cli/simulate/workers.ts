import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { noCoverage } from "../../local/simulation/coverage.ts";
import { SeedResult } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import type { Job } from "./job.ts";

const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Real time after which a swarm has come to a standstill; the longest scenario takes a few minutes. */
const patienceMilliseconds = 15 * 60_000;

const standstill = (swarm: Swarm, what: string): SeedResult => ({
  swarm,
  digest: "",
  differences: [what],
  coverage: noCoverage,
  simulatedMilliseconds: 0,
  story: [],
});

const start = (job: Job): ChildProcess => {
  const child = fork(worker, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.send(job);
  return child;
};

/** What a process answers for a swarm; one that dies or stands still has failed with it. */
const ask = (child: ChildProcess, swarm: Swarm): Promise<SeedResult> =>
  new Promise((resolve) => {
    const end = (result: SeedResult): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(result);
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      end(standstill(swarm, `nothing has come of it in ${patienceMilliseconds / 60_000} minutes of real time`));
    }, patienceMilliseconds);
    child.once("exit", (code, signal) => end(standstill(swarm, `the process ended with ${signal ?? code}`)));
    child.on("message", (message: unknown) => {
      if (SeedResult.is(message)) end(message);
    });
    child.send(swarm);
  });

/** Processes that simulate; a swarm is given to one that has nothing to do, as soon as there is one. */
export const openWorkers = (count: number, job: Job) => {
  const idle = Array.from({ length: count }, () => start(job));
  const waiting: ((child: ChildProcess) => void)[] = [];
  const take = (): Promise<ChildProcess> => {
    const child = idle.pop();
    return child === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(child);
  };
  const giveBack = (child: ChildProcess): void => {
    const able = child.connected ? child : start(job);
    const next = waiting.shift();
    if (next === undefined) idle.push(able);
    else next(able);
  };
  return {
    simulate: async (swarm: Swarm): Promise<SeedResult> => {
      const child = await take();
      const result = await ask(child, swarm);
      giveBack(child);
      return result;
    },
    close: (): void => {
      for (const child of idle) child.kill();
    },
  };
};

export type Workers = ReturnType<typeof openWorkers>;
