import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as t from "io-ts";
import { parseJson } from "../local/text.ts";
import { UsageError } from "./command.ts";

/*
 * The folder in which a run or a local cloud lays its files. It is emptied first, so it has to be one that a run made, and
 * nobody else may be at work in it.
 */

const marker = ".floodgate-run";
const lock = ".floodgate-lock";

const Holder = t.intersection([t.type({ pid: t.number, since: t.string }), t.partial({ started: t.string })]);
type Holder = t.TypeOf<typeof Holder>;

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** When a process was started, in the kernel's own unit: a number that is used again does not stand for the same one. */
const startOf = (pid: number): string | undefined => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")")).split(" ")[20];
};

const isRunning = ({ pid, started }: Holder): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is there, though it takes no signal of ours.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return started === undefined || startOf(pid) === started;
};

const tryLock = (file: string): boolean => {
  const started = startOf(process.pid);
  const holder: Holder = {
    pid: process.pid,
    since: new Date().toISOString(),
    ...(started === undefined ? {} : { started }),
  };
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
};

/** Takes a lock away whose process is gone. Of two who see it at once, one finds that it is not what it was any more. */
const removeStale = (file: string, seen: string): void => {
  const aside = `${file}-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) === seen) rmSync(aside);
  else renameSync(aside, file);
};

const tries = 5;

const takeLock = (out: string): void => {
  const file = join(out, lock);
  for (let tried = 0; tried < tries; tried += 1) {
    if (tryLock(file)) return;
    const text = read(file);
    const holder = parseJson(text);
    if (Holder.is(holder) && isRunning(holder)) {
      throw new UsageError(
        `--out ${out}: process ${holder.pid} uses it since ${holder.since}; stop that run, or name another folder`,
      );
    }
    removeStale(file, text);
  }
  throw new UsageError(`--out ${out}: others take it again and again; name another folder`);
};

/** Empties the folder for a run, and keeps others out of it until it is released. */
export const takeOut = (out: string): { readonly release: () => void } => {
  const isForeign = existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, marker));
  if (isForeign) throw new UsageError(`--out ${out}: holds files that no run made; name a new or an empty folder`);
  // Events and names of others may come to lie here.
  mkdirSync(out, { recursive: true, mode: 0o700 });
  chmodSync(out, 0o700);
  writeFileSync(join(out, marker), "Made by floodgate, which empties this folder when it runs again.\n");
  takeLock(out);
  for (const name of readdirSync(out)) {
    if (name !== lock && name !== marker) rmSync(join(out, name), { recursive: true, force: true });
  }
  return { release: () => rmSync(join(out, lock), { force: true }) };
};
