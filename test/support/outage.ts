import { virtualClock } from "../../local/clock.ts";
import { type Cloud, startCloud } from "../../local/cloud.ts";
import type { Plan } from "../../local/plan.ts";
import { newFolder, start } from "./local-run.ts";
import { memoryWiring, type StreamBehaviour } from "./memory-wiring.ts";

export const mebibyte = 1024 * 1024;

const healthy: StreamBehaviour = {
  outage: () => undefined,
  refuses: () => undefined,
  quotaBytesPerSecond: mebibyte,
  slowness: () => 0,
};

export interface OutageScene {
  readonly cloud: Cloud;
  readonly wiring: ReturnType<typeof memoryWiring>;
  /** Minutes of the run's time since it began. */
  readonly minutes: () => number;
  readonly runUntil: (isDone: () => boolean) => Promise<void>;
}

/** A cloud in virtual time on the memory wiring. */
export const withOutage = async <A>(
  plan: Plan,
  behaviour: Partial<StreamBehaviour>,
  act: (scene: OutageScene) => Promise<A>,
): Promise<A> => {
  const clock = virtualClock(start, 1);
  let cloud: Cloud | undefined;
  const whenBuilt = (): Cloud => {
    if (cloud === undefined) throw new Error("the local cloud is not complete yet");
    return cloud;
  };
  const wiring = memoryWiring({ ...healthy, ...behaviour }, whenBuilt);
  const built = await startCloud({ plan, clock, isVirtual: true, out: newFolder(), load: wiring.load });
  cloud = built;
  try {
    return await act({
      cloud: built,
      wiring,
      minutes: () => (clock.now() - start) / 60_000,
      runUntil: (isDone) => clock.runUntil(isDone),
    });
  } finally {
    built.stop();
  }
};

/** Sends events every so often until none are left; `eventsOf` gives those of one turn. */
export const sendEvery = (
  { cloud }: OutageScene,
  milliseconds: number,
  turns: number,
  eventsOf: (turn: number, now: number) => ReadonlyArray<string>,
): void => {
  let turn = 0;
  const send = (): void => {
    for (const text of eventsOf(turn, cloud.clock.now())) cloud.bus.put(text);
    turn += 1;
    if (turn < turns) cloud.clock.after(milliseconds, send);
  };
  send();
};
