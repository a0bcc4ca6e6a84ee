import type { Cloud } from "../../local/cloud.ts";
import { type Snapshot, takeSnapshot } from "../../local/watch/snapshot.ts";

const sampleEvery = 5_000;
const mostSamples = 1_000;

/** Looks at the cloud every few seconds of the run's time, for `samples`; less often when a run gets long. */
export const sampleCloud = (cloud: Cloud, samples: Snapshot[]): void => {
  let every = sampleEvery;
  const look = (): void => {
    void takeSnapshot(cloud).then((snapshot) => {
      samples.push(snapshot);
      if (samples.length > mostSamples) {
        const kept = samples.filter((_, index) => index % 2 === 0);
        samples.splice(0, samples.length, ...kept);
        every *= 2;
      }
      cloud.clock.after(every, look);
    });
  };
  look();
};
