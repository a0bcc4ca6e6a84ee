import type { Swarm } from "../../local/simulation/swarm.ts";

/** What has failed once, as it was chosen then: a seed alone draws another story as soon as one kind of fault has changed. */
export const regressions: ReadonlyArray<readonly [string, Swarm]> = [
  [
    "a command waits for an execution that needs the same gateway",
    {
      seed: 15,
      variant: 0,
      events: 25,
      perMinute: 60,
      minutes: 6,
      hasMap: true,
      faults: [
        { kind: "dynamodb-leaves-reads", from: 38591, until: 360000, rate: 0.011 },
        { kind: "process-hangs", from: 38892, until: 285148, rate: 0.0099 },
      ],
      acts: [
        { at: 53189, does: "refresh" },
        { at: 89104, does: "replay" },
        { at: 177325, does: "park" },
        { at: 350883, does: "pause" },
      ],
      deployments: [],
    },
  ],
  [
    "an entry that was admitted is given up by Firehose, and others are limited because of it",
    {
      seed: 227,
      variant: 4,
      events: 60,
      perMinute: 6000,
      minutes: 20,
      hasMap: true,
      faults: [
        { kind: "dynamodb-throttles", from: 108375, until: 1200000, rate: 0.11 },
        { kind: "dynamodb-leaves-reads", from: 0, until: 92663, rate: 0.012 },
        { kind: "poison-messages", from: 267328, until: 1200000, rate: 0.001 },
        { kind: "genesys-resets", from: 577770, until: 1200000, rate: 0.48 },
        { kind: "genesys-listing-moves", from: 255063, until: 975176, rate: 0.71 },
        { kind: "invocation-loses-answer", from: 0, until: 1200000, rate: 0.17 },
        { kind: "invocation-throttled", from: 0, until: 1200000, rate: 0.22 },
        { kind: "transform-fails", from: 85972, until: 1200000, rate: 0.62 },
        { kind: "transform-cut", from: 233147, until: 1200000, rate: 0.91 },
        { kind: "transform-apart", from: 0, until: 725660, rate: 0.85 },
        { kind: "clocks-differ", from: 0, until: 149907, rate: 0.82 },
        { kind: "schedule-misses", from: 179857, until: 1174323, rate: 0.2 },
      ],
      acts: [],
      deployments: [{ at: 838377, variant: 2 }],
    },
  ],
  [
    "two copies of an event are under way together",
    {
      seed: 290,
      variant: 2,
      events: 60,
      perMinute: 6000,
      minutes: 3,
      hasMap: true,
      faults: [],
      acts: [],
      deployments: [],
    },
  ],
  [
    "a deployment with another redaction finds an event under way",
    {
      seed: 472,
      variant: 4,
      events: 60,
      perMinute: 60,
      minutes: 1,
      hasMap: false,
      faults: [{ kind: "poison-messages", from: 0, until: 60000, rate: 0.061 }],
      acts: [],
      deployments: [{ at: 100_000, variant: 6 }],
      only: [55, 56, 57],
    },
  ],
];
