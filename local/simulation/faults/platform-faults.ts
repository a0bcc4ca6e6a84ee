import * as t from "io-ts";
import { inContainer } from "../../models/container-output.ts";
import type { Chance, FaultKind, Scene } from "../scene.ts";

/* What the platform does between a function and its caller, to queues, to state machines and to time. */

const second = 1_000;

const onInvocations = (
  describes: string,
  how: "before" | "after" | "throttled",
  concerns: (name: string) => boolean = () => true,
  most = 0.25,
): FaultKind => ({
  describes,
  most,
  install: ({ cloud: { functions } }, chance) => {
    const others = functions.trouble;
    functions.trouble = (name) => others(name) ?? (concerns(name) && chance() ? how : undefined);
  },
});

const onSchedules = (describes: string, startsAfter: (random: () => number) => ReadonlyArray<number>): FaultKind => ({
  describes,
  most: 0.5,
  install: ({ cloud: { scheduler }, random }, chance) => {
    const others = scheduler.startsAfter;
    scheduler.startsAfter = (machine) => (chance() ? startsAfter(random) : others(machine));
  },
});

/** Acts every so many seconds, each time by chance. */
const every =
  (seconds: number, act: (scene: Scene) => void) =>
  (scene: Scene, chance: Chance): void => {
    const turn = (): void => {
      if (chance()) act(scene);
      scene.cloud.clock.after(seconds * second, turn);
    };
    scene.cloud.clock.after(seconds * second, turn);
  };

const retireAll = ({ cloud: { functions } }: Scene): void => {
  for (const name of functions.counts().keys()) functions.retire(name);
};

/** Far more than the clocks of Lambda differ. */
const mostSkew = 2 * second;

/** Date.now is the clock's own for as long as the run lasts, so nothing has to be put back. */
const letClocksDiffer = ({ cloud: { functions }, random }: Scene, chance: Chance): void => {
  const now = Date.now;
  Date.now = () => now() + (inContainer.getStore()?.skew ?? 0);
  functions.skewOfNext = () => (chance() ? Math.round((2 * random() - 1) * mostSkew) : 0);
};

/** The one that only a breaker that closes ever needs is chosen more often than the others, then the one that publishes. */
const mappingKind = "lambda:updateEventSourceMapping";
const publishingKind = "dynamodb:updateItem";
const taskKinds = [
  "lambda:invoke",
  "dynamodb:putItem",
  "lambda:getEventSourceMapping",
  "states:startExecution",
  publishingKind,
  publishingKind,
  publishingKind,
  mappingKind,
  mappingKind,
  mappingKind,
  mappingKind,
  mappingKind,
];

const refreshMachine = "refresh-queue-priorities";
const mapTable = "queue-priorities";

const MapItem = t.type({ version: t.type({ S: t.string }), page: t.type({ N: t.string }) });

/** All of a map at once, and not under the hands of a refresh: a pointer to pages that somebody has taken is no map. */
const loseMap = async ({ cloud: { tables, machines } }: Scene): Promise<void> => {
  if (machines.running() > 0) return;
  const items = await tables.scan(mapTable);
  await Promise.all(
    items
      .filter(MapItem.is)
      .map(({ version, page }) => tables.call("DeleteItem", { TableName: mapTable, Key: { version, page } })),
  );
};

export const platformFaults: Readonly<Record<string, FaultKind>> = {
  "invocation-fails": onInvocations("an invocation fails without having run", "before"),
  "invocation-loses-answer": onInvocations("the answer of an invocation is lost after it has run", "after"),
  "invocation-throttled": onInvocations("an invocation is refused for want of concurrency", "throttled"),
  "transform-fails": onInvocations(
    "the transform fails or its answer is lost, so that Firehose tries again",
    "after",
    (name) => name === "transform-records",
    0.9,
  ),
  "transform-cut": {
    describes: "Firehose tries a failed batch again in two halves",
    most: 1,
    install: ({ cloud }, chance) => {
      for (const stream of cloud.streams.values()) stream.cutsOnRetry = chance;
    },
  },
  "transform-apart": {
    describes: "Firehose transforms a batch in two invocations at the same time",
    most: 1,
    install: ({ cloud }, chance) => {
      for (const stream of cloud.streams.values()) stream.transformsApart = chance;
    },
  },
  "containers-cold": { describes: "idle containers end", most: 1, install: every(5, retireAll) },
  "clocks-differ": { describes: "the clocks of containers differ by up to 2 s", most: 1, install: letClocksDiffer },
  "visibility-ends": {
    describes: "messages come back while their batch is still processed",
    most: 0.5,
    install: ({ cloud: { buffers }, random }, chance) => {
      for (const buffer of buffers.values()) buffer.hidesFor = (time) => (chance() ? random() * 5 * second : time);
    },
  },
  "messages-come-again": {
    describes: "a message comes again although it was deleted",
    most: 0.2,
    install: ({ cloud: { mapping } }, chance) => {
      mapping.buffer.comesAgain = chance;
    },
  },
  "map-is-lost": {
    describes: "somebody deletes the priority map",
    most: 0.1,
    install: every(60, (scene) => void loseMap(scene)),
  },
  "machine-dies": {
    describes: "an execution ends in the middle",
    most: 0.15,
    install: ({ cloud: { machines } }, chance) => {
      machines.kill = chance;
    },
  },
  "execution-runs-twice": {
    describes: "an execution runs twice, as Express state machines may",
    most: 0.5,
    install: ({ cloud: { machines } }, chance) => {
      const others = machines.runsTwice;
      machines.runsTwice = (machine) => others(machine) || chance();
    },
  },
  "task-fails": {
    describes: "a task of a state machine fails before or after what it calls",
    most: 0.9,
    install: ({ cloud: { machines }, random }, chance) => {
      // Of all tasks or of one kind alone: else those at the end of a machine would hardly ever fail.
      const kind = random() < 0.5 ? undefined : taskKinds[Math.floor(random() * taskKinds.length)];
      machines.trouble = (resource) => {
        if (kind !== undefined && !resource.endsWith(kind)) return undefined;
        // A task is given up after a few failures in a row, which one kind alone hardly ever has by chance.
        const fails = chance() || (kind !== undefined && (chance() || chance()));
        return fails ? (random() < 0.5 ? "before" : "after") : undefined;
      };
    },
  },
  "refreshes-race": {
    describes: "two refreshes list at the same time, and publish one after the other",
    most: 1,
    install: ({ cloud: { machines }, random, isOver }, chance) => {
      const others = machines.runsTwice;
      machines.runsTwice = (machine) => others(machine) || (machine === refreshMachine && chance());
      machines.delay = (resource) =>
        resource.endsWith(publishingKind) && !isOver() ? Math.floor(random() * 3 * second) : 0;
    },
  },
  "schedule-doubles": onSchedules("a schedule starts its machine twice", (random) => [
    0,
    // Mostly at once: then both see the same.
    Math.floor(random() ** 4 * 20 * second),
  ]),
  "schedule-late": onSchedules("a schedule starts its machine late", (random) => [Math.floor(random() * 180 * second)]),
  "schedule-misses": onSchedules("a schedule does not start its machine", () => []),
};
