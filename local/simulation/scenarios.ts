import { faultKinds } from "./fault-kinds.ts";
import type { ChosenFault, Swarm } from "./swarm.ts";

/** A story on top of what a seed has chosen. */
interface Scenario {
  readonly describes: string;
  readonly change: (swarm: Swarm) => Swarm;
}

const minute = 60_000;

const forAll = (kind: string, rate: number, minutes: number): ChosenFault => ({
  kind,
  rate,
  from: 0,
  until: minutes * minute,
});

/** With one kind of fault in the place of what the seed would have of it. */
const having = (swarm: Swarm, ...faults: ReadonlyArray<ChosenFault>): Swarm => ({
  ...swarm,
  faults: [...swarm.faults.filter(({ kind }) => !faults.some((fault) => fault.kind === kind)), ...faults],
});

/** Events over the whole time, so that some of them come at each moment of it. */
const spread = (swarm: Swarm, minutes: number): Swarm => ({ ...swarm, minutes, perMinute: swarm.events / minutes });

const launchMinutes = 30;
const callsPerMinute = 10_000;
const hours = 60;

const actsEvery = (minutes: number, length: number, does: Swarm["acts"][number]["does"]): Swarm["acts"] =>
  Array.from({ length: Math.floor(length / minutes) }, (_, index) => ({ at: (index + 1) * minutes * minute, does }));

export const scenarios: Readonly<Record<string, Scenario>> = {
  "campaign-launch": {
    describes: `${callsPerMinute.toLocaleString("en-US")} calls a minute for ${launchMinutes} minutes`,
    change: (swarm) => ({
      ...swarm,
      // The stack's own batches: with small ones it would take hours, and show nothing that seeds do not.
      variant: 0,
      minutes: launchMinutes,
      events: launchMinutes * callsPerMinute,
      perMinute: callsPerMinute,
    }),
  },
  "genesys-outage": {
    describes: "Genesys answers 503 to everything for two hours",
    change: (swarm) => having(spread(swarm, 2 * hours), forAll("genesys-down", 1, 2 * hours)),
  },
  "firehose-outage": {
    describes: "Firehose answers 503 to everything for 26 hours",
    change: (swarm) => having(spread(swarm, 26 * hours), forAll("firehose-down", 1, 26 * hours)),
  },
  "dynamodb-brownout": {
    describes: "DynamoDB throttles half of all requests for an hour, and leaves batches undone",
    change: (swarm) =>
      having(
        spread(swarm, hours),
        forAll("dynamodb-throttles", 0.5, hours),
        forAll("dynamodb-leaves-batches", 0.3, hours),
      ),
  },
  "map-lost": {
    describes: "the priority map is lost, again and again",
    change: (swarm) => having({ ...spread(swarm, 30), hasMap: true }, forAll("map-is-lost", 0.3, 30)),
  },
  "poison-messages": {
    describes: "some messages kill each process that takes them",
    change: (swarm) => having(swarm, forAll("poison-messages", 0.2, swarm.minutes)),
  },
  "archive-replay": {
    describes: "what the archive has is replayed every five minutes",
    change: (swarm) => ({ ...spread(swarm, 40), acts: actsEvery(5, 40, "replay") }),
  },
  "deploy-in-burst": {
    describes: "a deployment every two seconds of a burst, each with other limits or another number of shards",
    change: (swarm) => ({
      ...swarm,
      events: 200,
      perMinute: 600,
      deployments: Array.from({ length: 10 }, (_, index) => ({ at: index * 2_000, variant: index })),
    }),
  },
  everything: {
    describes: "every kind of fault at once, operators and deployments in between",
    change: (swarm) => ({
      ...having(
        swarm,
        ...Object.entries(faultKinds)
          .filter(([, { isOutage }]) => isOutage !== true)
          .map(([kind, { most }]) => forAll(kind, most / 10, swarm.minutes)),
      ),
      acts: (["pause", "refresh", "redrive", "replay", "import", "park", "resume"] as const).map((does, index) => ({
        at: Math.floor(((index + 1) * swarm.minutes * minute) / 8),
        does,
      })),
      deployments: [{ at: Math.floor((swarm.minutes * minute) / 2), variant: swarm.variant + 1 }],
    }),
  },
};
