import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The machine's own, also for somebody who waits while a virtual clock is installed. */
const ownTimeout = setTimeout;

/** Longer than anything takes that is made once: whoever has held it for longer was ended. */
const abandonedAfter = 60_000;

const machineNow = (): number => performance.timeOrigin + performance.now();

const isAbandoned = (lock: string): boolean => {
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? { mtimeMs: Number.NaN };
  return machineNow() - mtimeMs > abandonedAfter;
};

const tryLock = (lock: string): boolean => {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
};

/** Somebody else may have done it. */
const unlock = (lock: string): void => rmSync(lock, { recursive: true, force: true });

/**
 * A text that the first who asks of a run of the tests makes, and that all its workers read from then on: it lies in the
 * run's temporary folder. Whoever asks while it is made waits for it.
 */
export const madeOnce = async (name: string, make: () => Promise<string>): Promise<string> => {
  const file = join(tmpdir(), name);
  const lock = `${file}.lock`;
  while (!existsSync(file)) {
    if (!tryLock(lock)) {
      if (isAbandoned(lock)) unlock(lock);
      await new Promise((resolve) => ownTimeout(resolve, 50));
      continue;
    }
    try {
      if (existsSync(file)) break;
      const written = `${file}.${process.pid}`;
      writeFileSync(written, await make());
      renameSync(written, file);
    } finally {
      unlock(lock);
    }
  }
  return readFileSync(file, "utf8");
};
