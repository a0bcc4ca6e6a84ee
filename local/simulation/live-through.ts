import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { inputsOf } from "../plan.ts";
import { drain, enter, refreshMap } from "../run.ts";
import type { Counter } from "./coverage.ts";
import type { History } from "./history.ts";
import { faultsOfRequests, injectFaults } from "./inject-faults.ts";
import type { Simulation, Variant } from "./simulation.ts";
import type { OperatorAct, Swarm } from "./swarm.ts";
import { freshEvents, workloadOf } from "./workload.ts";

/** What a swarm happens to. */
export interface Life {
  readonly cloud: Cloud;
  readonly swarm: Swarm;
  readonly simulation: Simulation;
  /** The configurations that the swarm's deployments name. */
  readonly deployed: (index: number) => Variant;
  readonly folder: string;
  readonly history: History;
  readonly faults: Counter;
  readonly acts: Counter;
}

const minute = 60_000;

/** What has come to no end so long after the last fault never will. */
const longestDrain = 8 * 60 * minute;

/** Where something never will, fresh events are waited for no longer than this. */
const shortDrain = 60 * minute;

const Deployed = t.type({ environment: t.type({ variables: t.record(t.string, t.string) }) });

/** Gives the functions the environment of another configuration; queues, stream and tables stay. */
const deploy = ({ functions }: Cloud, { plan }: Variant): void => {
  for (const resource of plan.ofType("aws:lambda/function:Function")) {
    functions.deploy(resource.name, inputsOf(Deployed, resource).environment.variables);
  }
};

/** Lets somebody at the command line act; answers how many commands are under way. */
const operators = ({ cloud, simulation, deployed, swarm, folder, history, acts }: Life) => {
  const outputsFile = join(folder, "outputs.json");
  const { endpoint, gateway } = cloud;
  const { outputs } = deployed(swarm.variant);
  writeFileSync(outputsFile, JSON.stringify({ ...outputs, endpoint, accessKey: gateway.accessKey }));
  const broken: string[] = [];
  let busy = 0;
  const act = async (does: OperatorAct): Promise<void> => {
    busy += 1;
    acts.count(does);
    history.note(`somebody calls ${does}`);
    const ended = await simulation.operate(does, outputsFile);
    history.note(`${does} ends: ${ended.how}`);
    if (ended.isBroken) broken.push(`somebody's ${does} broke off: ${ended.how}`);
    busy -= 1;
  };
  return { act: (does: OperatorAct) => void act(does), areBusy: () => busy > 0, broken };
};

type Operators = ReturnType<typeof operators>;

/** One timer for all events, which goes from one to the next: the clock looks through all timers that there are. */
const sendAll = (cloud: Cloud, events: Events): (() => boolean) => {
  const begin = cloud.clock.now();
  let next = 0;
  const send = (): void => {
    for (let due = events[next]; due !== undefined; due = events[next]) {
      const wait = begin + due.at - cloud.clock.now();
      if (wait > 0) {
        cloud.clock.after(wait, send);
        return;
      }
      next += 1;
      enter(cloud, due.event);
    }
  };
  send();
  return () => next === events.length;
};

/** Sets a timer for everything that the swarm has chosen; answers whether all of it has begun. */
const schedule = ({ cloud, swarm, deployed, history, acts }: Life, events: Events, people: Operators) => {
  const isSent = sendAll(cloud, events);
  for (const { at, does } of swarm.acts) cloud.clock.after(at, () => people.act(does));
  for (const { at, variant } of swarm.deployments) {
    cloud.clock.after(at, () => {
      acts.count("deploy");
      history.note(`deployment of ${deployed(variant).name}`);
      deploy(cloud, deployed(variant));
    });
  }
  const until = cloud.clock.now() + swarm.minutes * minute;
  return () => isSent() && cloud.clock.now() >= until;
};

type Events = ReturnType<typeof workloadOf>["events"];

const Rate = t.type({ scheduleExpression: t.string });

/** Longer than this nobody waits to see whether the map is refreshed. */
const mostPatience = 15;

/** Lets pass what is left of a refresh's interval; answers since when the map has to be looked at again. */
const untilNextRefresh = async ({ cloud, swarm, deployed }: Life, over: number): Promise<number | undefined> => {
  const refresh = deployed(swarm.variant)
    .plan.ofType("aws:scheduler/schedule:Schedule")
    .find(({ name }) => name === "refresh-queue-priorities");
  if (refresh === undefined) return undefined;
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(inputsOf(Rate, refresh).scheduleExpression) ?? [];
  if (minutes === undefined || Number(minutes) > mostPatience) return undefined;
  const until = over + (Number(minutes) + 2) * minute;
  await cloud.clock.runUntil(() => cloud.clock.now() >= until);
  return over;
};

/**
 * Lets a seed's events, faults, people and deployments happen to a cloud, then nothing go wrong any more until all has
 * settled, and at last some fresh events pass. Answers the texts that were sent, and the fresh events' conversations.
 */
export const liveThrough = async (life: Life) => {
  const { cloud, swarm, simulation, history, faults } = life;
  const onRequest = faultsOfRequests(cloud);
  simulation.mutation?.wire?.(cloud, onRequest);
  if (swarm.hasMap) await refreshMap(cloud);
  const people = operators(life);
  const endFaults = injectFaults(cloud, swarm, onRequest, (kind) => {
    faults.count(kind);
    history.note(`fault ${kind}`);
  });
  const { events, injected } = workloadOf(swarm, cloud.clock.now(), simulation.events);
  for (const [kind, times] of injected) faults.count(kind, times);
  simulation.watch?.(cloud);
  const hasHappened = schedule(life, events, people);
  await cloud.clock.runUntil(() => hasHappened() && !people.areBusy());

  endFaults();
  history.note("nothing goes wrong any more");
  people.act("resume");
  const over = cloud.clock.now();
  const isSettled = await drain(cloud, () => !people.areBusy(), longestDrain);
  const mapSince = await untilNextRefresh(life, over);
  const fresh = freshEvents(cloud.clock.now());
  for (const event of fresh.events) enter(cloud, event);
  await drain(cloud, () => true, isSettled ? longestDrain : shortDrain);
  const sent = [...events.map(({ event }) => event), ...fresh.events].map(({ text }) => text);
  return { sent, fresh: fresh.conversations, mapSince, broken: people.broken };
};
