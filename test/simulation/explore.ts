/*
 * Explores every order in which a few processes can take their steps, with crashes and lost answers at every place where
 * they can happen. A process is the real code; its calls of ports wait here until it is their turn. A world cannot be put
 * back to an earlier moment, so each order is run again from the beginning; what was seen before is not gone into again.
 */

/** A call of a port: it acts, and `lost` is what its caller gets when its answer is lost. */
export type Call = <A>(name: string, act: () => A | Promise<A>, lost?: () => A) => Promise<A>;

export interface World {
  readonly processes: ReadonlyArray<(call: Call) => Promise<unknown>>;
  /** All that processes can see of each other. */
  readonly state: () => unknown;
  /** What must be true at every moment; a line for each thing that is not. */
  readonly check: (ends: ReadonlyArray<unknown>) => ReadonlyArray<string>;
}

interface Budget {
  readonly crashes: number;
  readonly lostAnswers: number;
}

interface Explored {
  readonly states: number;
  readonly runs: number;
  /** The first thing that was not true, with the steps that lead to it. */
  readonly wrong: string | undefined;
}

type Choice = { readonly process: number; readonly how: "acts" | "loses" | "crashes" };

interface Pending {
  readonly name: string;
  readonly act: () => unknown;
  readonly lost: (() => unknown) | undefined;
  readonly resume: (value: unknown) => void;
}

/** Long enough for a chain of promises to come to its next call. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const start = async ({ processes }: World) => {
  const pending: (Pending | undefined)[] = processes.map(() => undefined);
  const ends: unknown[] = processes.map(() => undefined);
  const heard: unknown[][] = processes.map(() => []);
  processes.forEach((process, index) => {
    const call: Call = <A>(name: string, act: () => A | Promise<A>, lost?: () => A) =>
      new Promise<A>((resolve) => {
        const resume = (value: unknown): void => {
          pending[index] = undefined;
          heard[index]?.push(value);
          resolve(value as A);
        };
        pending[index] = { name, act, lost, resume };
      });
    void process(call).then((end) => {
      ends[index] = end;
    });
  });
  await settle();
  return { pending, ends, heard };
};

type Started = Awaited<ReturnType<typeof start>>;

const take = async ({ pending }: Started, { process, how }: Choice): Promise<string> => {
  const call = pending[process];
  if (call === undefined) throw new Error("nothing to do for this process");
  if (how === "crashes") pending[process] = undefined;
  else {
    const answer = await call.act();
    call.resume(how === "loses" ? call.lost?.() : answer);
  }
  await settle();
  return `${process} ${how} ${call.name}`;
};

const choicesAt = ({ pending }: Started, left: Budget): ReadonlyArray<Choice> =>
  pending.flatMap((call, process): ReadonlyArray<Choice> => {
    if (call === undefined) return [];
    return [
      { process, how: "acts" },
      ...(left.lostAnswers > 0 && call.lost !== undefined ? [{ process, how: "loses" } as const] : []),
      ...(left.crashes > 0 ? [{ process, how: "crashes" } as const] : []),
    ];
  });

const leftOf = ({ crashes, lostAnswers }: Budget, path: ReadonlyArray<Choice>): Budget => ({
  crashes: crashes - path.filter(({ how }) => how === "crashes").length,
  lostAnswers: lostAnswers - path.filter(({ how }) => how === "loses").length,
});

/** Goes through all orders; stops at the first moment at which something is not true. */
export const explore = async (build: () => World, budget: Budget): Promise<Explored> => {
  const seen = new Set<string>();
  const paths: Choice[][] = [[]];
  let runs = 0;
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    runs += 1;
    const world = build();
    const started = await start(world);
    const steps: string[] = [];
    for (const choice of path) steps.push(await take(started, choice));
    const wrong = world.check(started.ends)[0];
    if (wrong !== undefined) return { states: seen.size, runs, wrong: `${wrong}, after ${steps.join("; ")}` };
    const left = leftOf(budget, path);
    const state = JSON.stringify([world.state(), started.heard, started.pending.map((call) => call?.name), left]);
    if (seen.has(state)) continue;
    seen.add(state);
    for (const choice of choicesAt(started, left)) paths.push([...path, choice]);
  }
  return { states: seen.size, runs, wrong: undefined };
};
