import { join } from "node:path";
import * as t from "io-ts";
import { audit } from "./audit/audit.ts";
import type { InputEvent } from "./campaign/input-event.ts";
import { virtualClock } from "./clock.ts";
import { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
import { type OutageName, outageFaults } from "./outages.ts";

export interface RunOptions
  extends Pick<CloudOptions, "plan" | "out" | "faults" | "load" | "genesys" | "onRequest" | "accountConcurrency"> {
  readonly events: ReadonlyArray<InputEvent>;
  readonly seed: number;
  /** Events that are sent in a minute of the run's time. */
  readonly perMinute: number;
  /** When the run's clock starts, epoch milliseconds. */
  readonly start: number;
  readonly onProgress?: (progress: Progress) => void;
  /** What goes wrong for the whole of the run, by name; instead of `faults`. */
  readonly outages?: ReadonlySet<OutageName>;
  /** What is set up in the cloud before anything is sent. */
  readonly beforeSending?: (cloud: Cloud) => Promise<void> | void;
  /** For tests: what somebody does to the cloud after it has drained and before it is counted. */
  readonly beforeAudit?: (cloud: Cloud) => Promise<void> | void;
}

export interface Progress {
  readonly sent: number;
  readonly total: number;
  readonly waiting: number;
  readonly simulatedMilliseconds: number;
}

const sendEveryMilliseconds = 100;

/** Puts an event before the door that it comes through. */
export const enter = ({ bus, mapping }: Cloud, { door, text }: InputEvent): void => {
  if (door === "bus") bus.put(text);
  else mapping.buffer.send(text);
};

/** Sends the events when they say, or at the run's rate; answers how many have been sent so far. */
const sendAll = (cloud: Cloud, { events, perMinute }: RunOptions): (() => number) => {
  const start = cloud.clock.now();
  let sent = 0;
  const isDue = ({ at }: InputEvent, passed: number): boolean => (at ?? (sent * 60_000) / perMinute) <= passed;
  const send = (): void => {
    const passed = cloud.clock.now() - start;
    for (let next = events[sent]; next !== undefined && isDue(next, passed); next = events[sent]) {
      enter(cloud, next);
      sent += 1;
    }
    if (sent < events.length) cloud.clock.after(sendEveryMilliseconds, send);
  };
  send();
  return () => sent;
};

const waitingIn = (cloud: Cloud): number => {
  const inBuffers = cloud.mappings.reduce((sum, { buffer }) => sum + buffer.heldCount(), 0);
  return (
    cloud.bus.delayed + inBuffers + [...cloud.streams.values()].reduce((sum, stream) => sum + stream.heldCount(), 0)
  );
};

/** A run whose events are still retried after this is counted as it stands. */
const longestRun = 15 * 24 * 60 * 60_000;

export const refreshMachine = "refresh-queue-priorities";

/** Publishes the queue priority map before the first event, as a stack that has run for a while would have. */
export const refreshMap = async ({ machines, clock }: Cloud): Promise<void> => {
  if (!machines.has(refreshMachine)) return;
  machines.start(refreshMachine, {});
  await clock.runUntil(() => machines.running() === 0);
};

const isRetrying = t.type({ status: t.type({ S: t.literal("retrying") }) });

const retryingChunks = async ({ tables }: Cloud): Promise<number> =>
  (await tables.scan("failed-events")).filter(isRetrying.is).length;

/** Lets time pass until all has been sent, nothing is on its way and nothing is retried; answers whether it came to that. */
export const drain = async (
  cloud: Cloud,
  isSent: (waiting: number) => boolean,
  longest: number = longestRun,
): Promise<boolean> => {
  const start = cloud.clock.now();
  const isQuiet = (): boolean => {
    const waiting = waitingIn(cloud);
    return isSent(waiting) && waiting === 0 && cloud.machines.running() === 0;
  };
  const isOver = (): boolean => cloud.clock.now() - start >= longest;
  do {
    await cloud.clock.runUntil(() => isQuiet() || isOver());
    if ((await retryingChunks(cloud)) === 0) return isQuiet();
    const until = cloud.clock.now() + 60_000;
    await cloud.clock.runUntil(() => cloud.clock.now() >= until);
  } while (!isOver());
  return false;
};

/** Sends the events and waits for what becomes of them. */
const sendAndDrain = async (cloud: Cloud, options: RunOptions): Promise<void> => {
  const start = cloud.clock.now();
  const sentSoFar = sendAll(cloud, options);
  await drain(cloud, (waiting) => {
    const sent = sentSoFar();
    const simulatedMilliseconds = cloud.clock.now() - start;
    options.onProgress?.({ sent, total: options.events.length, waiting, simulatedMilliseconds });
    return sent === options.events.length;
  });
};

/** Boots the plan, sends the events, waits until nothing is on its way any more, and audits. */
export const run = async (options: RunOptions) => {
  const began = performance.now();
  const clock = virtualClock(options.start, options.seed);
  const faults = options.faults ?? outageFaults(options.outages ?? new Set(), () => clock.now());
  // One that cannot be built leaves the process its own time.
  const cloud = await startCloud({ ...options, clock, isVirtual: true, faults }).catch((error: unknown) => {
    clock.stop();
    throw error;
  });
  try {
    await refreshMap(cloud);
    await options.beforeSending?.(cloud);
    await sendAndDrain(cloud, options);
    const simulatedMilliseconds = clock.now() - options.start;
    await options.beforeAudit?.(cloud);
    const [stream] = cloud.streams.values();
    return {
      ...(await audit(cloud)),
      functions: cloud.functions.counts(),
      simulatedMilliseconds,
      realMilliseconds: performance.now() - began,
      /** Events that the bus did not take, because they are over 1 MB: their sender is told, nothing received them. */
      refused: cloud.bus.refused,
      bucketFolder: join(options.out, "s3", stream?.bucket ?? ""),
      notSimulated: cloud.notSimulated,
      executions: cloud.machines.executions,
      genesys: cloud.genesys.counts,
      logs: cloud.logs,
    };
  } finally {
    cloud.stop();
  }
};

export type RunResult = Awaited<ReturnType<typeof run>>;
