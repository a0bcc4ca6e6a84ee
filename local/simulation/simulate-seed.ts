import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as t from "io-ts";
import { audit } from "../audit/audit.ts";
import { virtualClock } from "../clock.ts";
import { type Cloud, startCloud } from "../cloud.ts";
import { inputsOf } from "../plan.ts";
import { drain, enter, refreshMap } from "../run.ts";
import { recordHistory } from "./history.ts";
import { faultsOfRequests, injectFaults } from "./inject-faults.ts";
import { judge, type Rules } from "./judge.ts";
import { mayRepeat } from "./may-repeat.ts";
import type { SeedResult, Simulation, Variant } from "./simulation.ts";
import { storyOf } from "./story.ts";
import type { Swarm } from "./swarm.ts";
import { freshEvents, workloadOf } from "./workload.ts";

const start = Date.UTC(2026, 0, 5, 9);
const minute = 60_000;

const counter = () => {
  const counts: Record<string, number> = {};
  return {
    counts,
    count: (name: string): void => {
      counts[name] = (counts[name] ?? 0) + 1;
    },
  };
};

const Deployed = t.type({ environment: t.type({ variables: t.record(t.string, t.string) }) });

/** Gives the functions the environment of another configuration; queues, stream and tables stay. */
const deploy = ({ functions }: Cloud, { plan }: Variant): void => {
  for (const resource of plan.ofType("aws:lambda/function:Function")) {
    functions.deploy(resource.name, inputsOf(Deployed, resource).environment.variables);
  }
};

/** Of several configurations that were in force one after the other, what the widest allows. */
const widest = (rules: ReadonlyArray<Rules>): Rules => ({
  perQueueAndSecond: Math.max(...rules.map(({ perQueueAndSecond }) => perQueueAndSecond)),
  dropsUnknown: rules.some(({ dropsUnknown }) => dropsUnknown),
});

/** Builds one cloud, lets a seed's events, faults, people and deployments happen to it, and judges what is left. */
export const simulateSeed = async (swarm: Swarm, simulation: Simulation): Promise<SeedResult> => {
  const { variants, mutation, operate } = simulation;
  const variantOf = (index: number): Variant => {
    const variant = variants[index % variants.length];
    if (variant === undefined) throw new Error("a simulation needs a configuration");
    return variant;
  };
  const folder = mkdtempSync(join(tmpdir(), "floodgate-simulation-"));
  const clock = virtualClock(start, swarm.seed);
  try {
    const { plan, outputs } = variantOf(swarm.variant);
    const cloud = await startCloud({
      plan: mutation?.plan?.(plan) ?? plan,
      clock,
      isVirtual: true,
      out: join(folder, "out"),
      archiveLag: minute,
      ...(mutation?.load === undefined ? {} : { load: mutation.load }),
    });
    try {
      const begin = clock.now();
      const history = recordHistory(cloud, begin, simulation.keepsTexts ?? false);
      const [faults, states, acts] = [counter(), counter(), counter()];
      cloud.machines.onEvent = ({ machine }, event, state) => {
        if (event === "StateEntered" || event === "StateCaught") states.count(`${machine}/${state}`);
        history.note(`${machine}: ${event} ${state}`);
      };
      const onRequest = faultsOfRequests(cloud);
      mutation?.wire?.(cloud, onRequest);
      if (swarm.hasMap) await refreshMap(cloud);
      const outputsFile = join(folder, "outputs.json");
      const { endpoint, gateway } = cloud;
      writeFileSync(outputsFile, JSON.stringify({ ...outputs, endpoint, accessKey: gateway.accessKey }));
      const person = async (act: (typeof swarm.acts)[number]["does"]): Promise<void> => {
        acts.count(act);
        history.note(`somebody calls ${act}`);
        await operate(act, { cloud, outputsFile, folder });
      };

      const sending = clock.now();
      const endFaults = injectFaults(cloud, swarm, onRequest, (kind) => {
        faults.count(kind);
        history.note(`fault ${kind}`);
      });
      const { events, injected } = workloadOf(swarm, sending, simulation.events);
      for (const [kind, times] of injected) faults.counts[kind] = times;
      let left = events.length;
      for (const { at, event } of events) {
        clock.after(at, () => {
          left -= 1;
          enter(cloud, event);
        });
      }
      let busy = swarm.acts.length;
      for (const { at, does } of swarm.acts) {
        clock.after(at, () => void person(does).finally(() => (busy -= 1)));
      }
      for (const { at, variant } of swarm.deployments) {
        clock.after(at, () => {
          acts.count("deploy");
          history.note(`deployment of ${variantOf(variant).name}`);
          deploy(cloud, variantOf(variant));
        });
      }
      const until = sending + swarm.minutes * minute;
      await clock.runUntil(() => clock.now() >= until && left === 0 && busy === 0);

      endFaults();
      history.note("nothing goes wrong any more");
      busy = 1;
      void person("resume").finally(() => (busy -= 1));
      await drain(cloud, () => busy === 0);
      const fresh = freshEvents(clock.now());
      for (const event of fresh.events) enter(cloud, event);
      await drain(cloud, () => true);

      const ledger = await audit(cloud);
      const rules = widest(
        [swarm.variant, ...swarm.deployments.map(({ variant }) => variant)].map((each) => variantOf(each).rules),
      );
      const sent = [...events.map(({ event }) => event), ...fresh.events].map(({ text }) => text);
      const judged = await judge({
        cloud,
        rules,
        sent,
        mayRepeat: mayRepeat(faults.counts, acts.counts),
        fresh: fresh.conversations,
      });
      const unsettled = [...ledger.outcomes]
        .filter(([, place]) => place === "inFlight")
        .map(([messageId]) => `copy ${messageId} has come to no end`);
      const differences = [...ledger.differences, ...unsettled, ...judged];
      const outcomes = counter();
      for (const place of ledger.outcomes.values()) outcomes.count(place);
      return {
        swarm,
        digest: history.digest(),
        differences,
        coverage: { faults: faults.counts, outcomes: outcomes.counts, states: states.counts, acts: acts.counts },
        simulatedMilliseconds: clock.now() - begin,
        story: storyOf(history, cloud, differences),
      };
    } finally {
      cloud.stop();
    }
  } finally {
    clock.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
