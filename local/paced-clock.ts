import { type Clock, virtualClock } from "./clock.ts";

/** The machine's own timer, whatever clock is put over the timers of the process later. */
const machineTimeout = globalThis.setTimeout;
const machineMoment = (): number => performance.now();

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => machineTimeout(resolve, Math.max(1, milliseconds)));

/** Time never runs further ahead of its pace than this, in milliseconds of the machine's; once more, when the speed is lowered. */
const beat = 10;

/** A clock that is later than this, in milliseconds of the machine's, does not try to catch up. */
const mostBehind = 500;

export const speeds = [1, 10, 60] as const;
export type Speed = (typeof speeds)[number];

/** How fast time passes, and whether it does. */
export interface Pace {
  readonly speed: () => Speed;
  readonly isRunning: () => boolean;
  /** By how much time has passed faster than the machine's, in the last second or so; less than `speed` where the machine is too slow. */
  readonly achieved: () => number;
  readonly set: (speed: Speed, isRunning: boolean) => void;
}

interface Mark {
  /** The machine's time. */
  readonly real: number;
  /** The clock's time then. */
  readonly at: number;
}

/** How often the speed that was achieved is measured. */
const measureEvery = 1_000;

const startPace = (start: number) => {
  let [speed, isRunning]: [Speed, boolean] = [1, true];
  let base: Mark = { real: machineMoment(), at: start };
  let [measured, last] = [1, base];
  let latest = start;

  const measure = (now: number): void => {
    const real = machineMoment();
    if (real - last.real < measureEvery) return;
    measured = (now - last.at) / (real - last.real);
    last = { real, at: now };
  };

  const mayMove = async (now: number): Promise<boolean> => {
    latest = now;
    measure(now);
    if (!isRunning) {
      base = { real: machineMoment(), at: now };
      await rest(beat);
      return false;
    }
    const due = base.at + (machineMoment() - base.real) * speed;
    if (due - now > mostBehind * speed) base = { real: machineMoment(), at: now };
    if (now <= due) return true;
    await rest(Math.min(beat, (now - due) / speed));
    return false;
  };

  const pace: Pace = {
    speed: () => speed,
    isRunning: () => isRunning,
    achieved: () => measured,
    set: (newSpeed, runs) => {
      base = { real: machineMoment(), at: latest };
      last = base;
      measured = runs ? newSpeed : 0;
      [speed, isRunning] = [newSpeed, runs];
    },
  };
  return { mayMove, pace };
};

/**
 * A virtual clock that keeps pace with the machine's, or runs 10 or 60 times as fast: as any virtual clock it stands still
 * while work is under way, so it is as fast as the machine allows, and what happens is the same at every speed.
 */
export const pacedClock = (start: number, seed: number): { readonly clock: Clock; readonly pace: Pace } => {
  const { mayMove, pace } = startPace(start);
  const clock = virtualClock(start, seed, mayMove);
  // Without a timer at every beat, time would jump to the next one, minutes ahead of its pace.
  const keepBeat = (): void => void clock.after(beat * pace.speed(), keepBeat);
  keepBeat();
  return { clock, pace };
};
