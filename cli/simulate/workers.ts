import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as E from "fp-ts/lib/Either.js";
import { noCoverage } from "../../local/simulation/coverage.ts";
import { SeedResult } from "../../local/simulation/simulation.ts";
import type { Swarm } from "../../local/simulation/swarm.ts";
import { askChild } from "../process/ask-child.ts";
import type { Job } from "./job.ts";

const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Real time after which a swarm has come to a standstill; the longest scenario takes some minutes. */
const patienceMilliseconds = 30 * 60_000;

/** A swarm of which nothing has come but a reason. */
export const withoutResult = (swarm: Swarm, reason: string): SeedResult => ({
  swarm,
  digest: "",
  differences: [reason],
  coverage: noCoverage,
  simulatedMilliseconds: 0,
  story: [],
});

/** What a process answers for a swarm; one that dies or stands still has failed with it. */
const ask = async (child: ChildProcess, swarm: Swarm): Promise<SeedResult> => {
  let isStill = false;
  const timer = setTimeout(() => {
    isStill = true;
    child.kill("SIGKILL");
  }, patienceMilliseconds);
  const answer = await askChild(child, swarm, SeedResult.is);
  clearTimeout(timer);
  if (E.isRight(answer)) return answer.right;
  const standstill = `nothing has come of it in ${patienceMilliseconds / 60_000} minutes of real time`;
  return withoutResult(swarm, isStill ? standstill : `the process ${answer.left}`);
};

/**
 * Processes that simulate; a swarm is given to one that has nothing to do, as soon as there is one. `folder`: for what they
 * write, so that it can be removed when one of them was killed.
 */
export const openWorkers = (count: number, job: Job, folder: string) => {
  const all = new Set<ChildProcess>();
  const start = (): ChildProcess => {
    const env = { ...process.env, TMPDIR: folder };
    const child = fork(worker, { stdio: ["ignore", "ignore", "inherit", "ipc"], env });
    all.add(child);
    child.once("exit", () => all.delete(child));
    // What cannot be sent is told by `send`; without a listener it would end this process as well.
    child.on("error", () => undefined);
    child.send(job);
    return child;
  };
  const idle = Array.from({ length: count }, start);
  const waiting: ((child: ChildProcess) => void)[] = [];
  const take = (): Promise<ChildProcess> => {
    const child = idle.pop();
    return child === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(child);
  };
  const giveBack = (child: ChildProcess): void => {
    const able = all.has(child) && child.connected ? child : start();
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
      for (const child of all) child.kill("SIGKILL");
    },
  };
};

export type Workers = ReturnType<typeof openWorkers>;
