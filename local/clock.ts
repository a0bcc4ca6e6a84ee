import { AsyncLocalStorage } from "node:async_hooks";
import FakeTimers from "@sinonjs/fake-timers";
import { countRequests, isHandedOut } from "./own-requests.ts";
import { seedUuids } from "./seeded-uuids.ts";

/**
 * The time of a local cloud. Everything that waits in the process (the SDK's backoff, the interpreter's Retry and
 * Wait, dynalite, the models) uses the timers and the Date of the process, so all of it obeys this clock unknowing.
 */
export interface Clock {
  readonly now: () => number;
  /** Timers of the local cloud's own; the same that everything else in the process uses. */
  readonly after: (milliseconds: number, run: () => void) => NodeJS.Timeout;
  readonly cancel: (timer: NodeJS.Timeout | undefined) => void;
  /** Runs until `isDone`, at once in virtual time, patiently in real time. */
  readonly runUntil: (isDone: () => boolean) => Promise<void>;
  /** Called whenever nothing is under way, before time moves; answers whether it found something to do. */
  readonly onQuiet: (work: () => boolean) => void;
  /** Work that neither a request nor a timer shows, as a query of an engine in this process: time stands still until it ends. */
  readonly during: (work: Promise<unknown>) => void;
  /** Takes an open request out of what is under way, for as long as it waits for virtual time. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Whether a request that came from this port of the machine was made by this process, so that the clock knows of it. */
  readonly isOwn: (port: number | undefined) => boolean;
  readonly stop: () => void;
}

/** Whether time may move on now; if not, it answers after a moment of the machine's own time. */
export type MayMove = (now: number) => Promise<boolean>;

/** mulberry32: small, seeded, good enough for jitter and sampling. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** UUIDs have chances of their own, so that making one changes no other chance. */
const uuidSalt = 0x2545f491;

/** Turns of the event loop without a request after which nothing can be on its way any more. */
const quietTurns = 3;

/** A timer runs in the context of whoever set it, as Node's own do; what it prints belongs to that container's log. */
const keepContext = (): void => {
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply: (fake, self, [run, ...rest]) => Reflect.apply(fake, self, [AsyncLocalStorage.bind(run), ...rest]),
  });
};

const atOnce: MayMove = async () => true;

/**
 * A clock that jumps to the next timer as soon as nothing is under way: no HTTP request but those that wait for the
 * clock themselves, and nothing on its way through the event loop; later, if `mayMove` says so.
 */
export const virtualClock = (start: number, seed: number, mayMove: MayMove = atOnce): Clock => {
  const nextTurn = setImmediate;
  const random = Math.random;
  const requests = countRequests();
  const timers = FakeTimers.install({
    now: start,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
    // Timers of before the run, as those of an HTTP connection, are still the machine's.
    shouldClearNativeTimers: true,
  });
  keepContext();
  Math.random = seededRandom(seed);
  const unseedUuids = seedUuids(seededRandom(seed ^ uuidSalt));
  const quietWork: (() => boolean)[] = [];
  const working = new Set<Promise<unknown>>();
  let held = 0;
  let isStopped = false;

  const quiet = async (): Promise<void> => {
    for (let turns = 0; turns < quietTurns && !isStopped; turns += 1) {
      await new Promise((resolve) => nextTurn(resolve));
      if (requests.open() !== held || process.getActiveResourcesInfo().some(isHandedOut)) turns = -1;
    }
  };

  const jump = (): void => {
    if (timers.countTimers() === 0) throw new Error("the local cloud waits for something that no timer will bring");
    timers.next();
    timers.tick(0);
  };

  return {
    now: () => timers.now,
    after: (milliseconds, run) => setTimeout(run, milliseconds),
    cancel: (timer) => clearTimeout(timer),
    runUntil: async (isDone) => {
      while (!isStopped) {
        await quiet();
        if (quietWork.some((work) => work())) continue;
        if (working.size > 0) {
          await Promise.race(working);
          continue;
        }
        if (isDone()) return;
        if (await mayMove(timers.now)) jump();
      }
    },
    onQuiet: (work) => void quietWork.push(work),
    during: (work) => {
      const ended: Promise<unknown> = work.catch(() => undefined).finally(() => working.delete(ended));
      working.add(ended);
    },
    hold: () => {
      held += 1;
    },
    release: () => {
      held -= 1;
    },
    isOwn: requests.isOwn,
    stop: () => {
      isStopped = true;
      timers.uninstall();
      Math.random = random;
      unseedUuids();
      requests.stop();
    },
  };
};

/** The machine's own time, for `floodgate dev` with a Genesys elsewhere. Stopping it stops every timer of the cloud, so that the process ends. */
export const realClock = (): Clock => {
  const timers = new Set<NodeJS.Timeout>();
  return {
    now: () => Date.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, milliseconds);
      timers.add(timer);
      return timer;
    },
    cancel: (timer) => {
      if (timer !== undefined) timers.delete(timer);
      clearTimeout(timer);
    },
    runUntil: (isDone) =>
      new Promise((resolve) => {
        const check = setInterval(() => {
          if (!isDone()) return;
          clearInterval(check);
          resolve();
        }, 50);
      }),
    onQuiet: () => undefined,
    during: () => undefined,
    hold: () => undefined,
    release: () => undefined,
    isOwn: () => false,
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
};
