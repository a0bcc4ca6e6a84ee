import type { Clock, Random } from "../ports.ts";

export const systemClock: Clock & Random = {
  now: () => Date.now(),
  sleep: (milliseconds) => () =>
    milliseconds === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          setTimeout(resolve, milliseconds);
        }),
  random: () => Math.random(),
};
