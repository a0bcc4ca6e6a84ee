import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { containerSinkHealth } from "../src/breakers/adapters/container-sink-health.ts";
import { parkDeadLetters } from "../src/dead-letters/park-dead-letters.ts";
import type { StreamFailure } from "../src/delivery/ports.ts";
import { processBatch } from "../src/delivery/process-batch.ts";
import type { Message } from "../src/event/message.ts";
import { isFailed, messageIdsOf } from "../src/event/outcome.ts";
import { noneMalformedYet } from "../src/event/report-outcomes.ts";
import type { User } from "../src/genesys/user.ts";
import { claimFailedChunk } from "../src/retry/claim-failed-chunk.ts";
import { deliverFailedEvents } from "../src/retry/deliver-failed-events.ts";
import { enrichFailedEvents } from "../src/retry/enrich-failed-events.ts";
import { planRedrive } from "../src/retry/plan-redrive.ts";
import { envelope, message, queueEntryText, receivedAt } from "./support/builders.ts";
import { keptTelemetry } from "./support/capabilities.ts";
import { memoryBreakers } from "./support/memory/memory-breakers.ts";
import { memoryDeliveries } from "./support/memory/memory-deliveries.ts";
import { memoryDeliveryTurn } from "./support/memory/memory-delivery-turn.ts";
import { memoryEntityCache } from "./support/memory/memory-entity-cache.ts";
import { memoryFailedEvents } from "./support/memory/memory-failed-events.ts";

/*
 * A wrapper numbers the calls that a clean run makes of its capabilities; then one run for each call and each side of
 * it: the process ends there, a new container takes over what was not acknowledged, and time goes on.
 */

class Crash extends Error {}

interface Trap {
  /** The call at which the process ends; 0: none. */
  readonly at: number;
  readonly when: "before" | "after";
  readonly names: string[];
  hasSprung: boolean;
}

/** What touches nothing outside the process. */
const harmless = new Set([
  "now",
  "random",
  "timeLeft",
  "info",
  "warn",
  "count",
  "recovered",
  "failingSince",
  "sleep",
  "limits",
  "turnIn",
]);

const step = async (trap: Trap, name: string, run: () => unknown): Promise<unknown> => {
  if (trap.hasSprung) throw new Crash();
  trap.names.push(name);
  const isHere = trap.names.length === trap.at;
  if (isHere && trap.when === "before") {
    trap.hasSprung = true;
    throw new Crash();
  }
  const answer = await run();
  if (isHere) {
    trap.hasSprung = true;
    throw new Crash();
  }
  return answer;
};

/** Every Task that a capability gives, wrapped; a capability that is a Task itself is one without arguments. */
const trapped = <C extends object>(capabilities: C, trap: Trap): C =>
  new Proxy(capabilities, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === "object" && value !== null) return trapped(value, trap);
      if (typeof value !== "function" || harmless.has(String(name))) return value;
      if (String(name) === "readTally" || String(name) === "readPriorityMap") {
        return () => step(trap, String(name), () => value());
      }
      return (...args: ReadonlyArray<unknown>) => {
        const task: unknown = value(...args);
        return typeof task === "function" ? () => step(trap, String(name), () => task()) : task;
      };
    },
  });

const refusal: StreamFailure = { _tag: "StreamUnavailable", reason: "InternalFailure: no" };
const minute = 60_000;

/** What outlives a process, and the capabilities of a container in it. */
const newWorld = () => {
  let time = receivedAt;
  const clock = { now: () => time, sleep: () => async () => undefined, random: () => 0.5 };
  const deliveries = memoryDeliveries();
  const failedEvents = memoryFailedEvents(clock);
  const breakers = memoryBreakers();
  const turn = memoryDeliveryTurn();
  const users = memoryEntityCache<User>(clock);
  const taken = new Map<string, number>();
  const told = keptTelemetry();
  // Twice all five tries of a delivery.
  let stubborn = 10;
  const stream = {
    limits: { count: 500, bytes: 4_000_000 },
    turnIn: () => 0,
    putRecords: (records: ReadonlyArray<string>) =>
      TE.fromIO(() =>
        records.map((record) => {
          const { detail, floodgate } = JSON.parse(record);
          const { conversationId } = detail.eventBody;
          // One event that Firehose does not take at first.
          if (conversationId === "stubborn" && stubborn > 0) {
            stubborn -= 1;
            return refusal;
          }
          taken.set(floodgate.messageId, (taken.get(floodgate.messageId) ?? 0) + 1);
          return undefined;
        }),
      ),
  };
  const container = () => ({
    ...noneMalformedYet(),
    ...clock,
    ...told.telemetry,
    ...deliveries,
    ...failedEvents,
    ...breakers,
    ...turn,
    ...stream,
    ...containerSinkHealth(),
    timeLeft: () => 60_000,
    users: {
      ...users,
      isAtHand: false,
      getByIds: (ids: ReadonlyArray<string>) =>
        TE.fromIO(() => ({ entities: ids.map((id) => ({ id, name: `Agent ${id}` })), leftOut: [] })),
    },
    readPriorityMap: TE.fromIO(() => undefined),
    hasErrorObjects: TE.right(false),
    readRedaction: TE.right((text: string) => text),
    startRetry: () => async () => true,
  });
  return {
    container,
    taken,
    logged: told.logged,
    failedEvents,
    breakers,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    now: () => time,
  };
};
type World = ReturnType<typeof newWorld>;

const policy = { mode: "required", maxDelaySeconds: 3600 } as const;
const retryPolicy = { enrich: policy, maximumEventAgeDays: 14 };

const messages: ReadonlyArray<Message> = [
  message(queueEntryText("c-1")),
  message(queueEntryText("c-1")),
  message(queueEntryText("c-2")),
  message(envelope("user.start", { eventTime: receivedAt, conversationId: "c-3", userId: "u-1" })),
  message(queueEntryText("stubborn")),
  message("{"),
  message(queueEntryText("stubborn")),
];

const right = async <A>(task: () => Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await task();
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left));
  return answer.right;
};

/** One invocation after another until the buffer is empty; a crashed one acknowledges nothing. */
const consume = async (world: World, trap: Trap): Promise<void> => {
  let left = messages;
  while (left.length > 0) {
    try {
      const outcomes = await processBatch(policy)(left)(trapped(world.container(), trap))();
      const failed = new Set(messageIdsOf(outcomes.filter(isFailed)));
      left = left.filter(({ messageId }) => failed.has(messageId));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      trap.hasSprung = false;
      trap.names.push("(crash)");
    }
    world.wait(6 * minute);
  }
};

/** What the machine retry-failed-events does with one chunk, each state a container of its own. */
const retry = async (world: World, trap: Trap, chunk: { readonly chunkId: string; readonly attempt: number }) => {
  const claimed = await right(claimFailedChunk(chunk)(trapped(world.container(), trap)));
  if (claimed.status === "lost") return;
  const enriched = await right(enrichFailedEvents("required")(claimed)(trapped(world.container(), trap)));
  for (let input: Parameters<ReturnType<typeof deliverFailedEvents>>[0] = enriched; ; world.wait(5_000)) {
    const answer = await right(deliverFailedEvents(retryPolicy)(input)(trapped(world.container(), trap)));
    if (answer.status !== "busy") return;
    input = answer;
  }
};

const isRetrying = ({ failedEvents }: World): boolean =>
  [...failedEvents.chunks.values()].some(({ status }) => status === "retrying");

const redrive = async (world: World, trap: Trap): Promise<void> => {
  for (let minutes = 0; isRetrying(world) && minutes < 60 * 24; minutes += 1) {
    try {
      const { chunks } = await right(planRedrive(undefined)({ mapping: "Enabled" })(trapped(world.container(), trap)));
      for (const chunk of chunks) await retry(world, trap, chunk);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      trap.hasSprung = false;
      trap.names.push("(crash)");
    }
    world.wait(minute);
  }
};

const runWith = async (at: number, when: "before" | "after") => {
  const world = newWorld();
  const trap: Trap = { at, when, names: [], hasSprung: false };
  await consume(world, trap);
  await redrive(world, trap);
  const parked = [...world.failedEvents.chunks.values()].filter(({ status }) => status === "parked");
  const malformed = parked.flatMap(({ object }) => world.failedEvents.objects.get(object) ?? []);
  return { world, names: trap.names, malformed: malformed.map(({ messageId }) => messageId) };
};

/** Copies 0 and 1 are the same event: either may be the delivered one, and both if they were in flight together. */
const delivered = ({ taken }: World): ReadonlyArray<boolean> => [
  taken.has(messages[0]?.messageId ?? "") || taken.has(messages[1]?.messageId ?? ""),
  ...[2, 3].map((index) => taken.has(messages[index]?.messageId ?? "")),
  taken.has(messages[4]?.messageId ?? "") || taken.has(messages[6]?.messageId ?? ""),
];

/** Copies of which nothing tells what became of them: neither delivered, nor named in a log line as a duplicate. */
const traceless = ({ taken, logged }: World): ReadonlyArray<number> => {
  const duplicates = new Set(
    logged.filter((line) => line.message === "duplicates").flatMap(({ fields }) => fields["messageIds"]),
  );
  return [0, 1, 4, 6].filter((index) => {
    const messageId = messages[index]?.messageId ?? "";
    return !taken.has(messageId) && !duplicates.has(messageId);
  });
};

describe("a process that ends at any of its calls", () => {
  it("loses no event, parks what is malformed once, and delivers twice only between delivery and record", async () => {
    const clean = await runWith(0, "before");
    expect(clean.names.length).toBeGreaterThan(15);
    expect([...clean.world.taken.values()].every((times) => times === 1)).toBe(true);
    let runs = 0;
    let twice = 0;
    for (let at = 1; at <= clean.names.length; at += 1) {
      for (const when of ["before", "after"] as const) {
        const name = `${when} call ${at}, ${clean.names[at - 1]}`;
        const { world, malformed } = await runWith(at, when);
        runs += 1;
        expect([name, delivered(world)]).toStrictEqual([name, [true, true, true, true]]);
        expect([name, malformed]).toStrictEqual([name, [messages[5]?.messageId]]);
        expect([name, traceless(world)]).toStrictEqual([name, []]);
        expect([name, isRetrying(world)]).toStrictEqual([name, false]);
        const repeated = [...world.taken.values()].reduce((sum, times) => sum + times - 1, 0);
        const made = clean.names.slice(0, when === "before" ? at - 1 : at);
        const isBetween = made.lastIndexOf("putRecords") > made.lastIndexOf("recordDeliveries");
        if (!isBetween) expect([name, repeated]).toStrictEqual([name, 0]);
        twice += repeated;
      }
    }
    console.log(`${runs} runs, each with one crash; ${twice} deliveries were repeated`);
    expect(twice).toBeGreaterThan(0);
  });
});

describe("park-dead-letters that ends at any of its calls", () => {
  it("parks each dead letter once, and none that was delivered", async () => {
    const letters = [0, 4, 5].flatMap((index) => {
      const letter = messages[index];
      return letter === undefined ? [] : [{ ...letter, detail: "buffer-dead-letters: received too often" }];
    });
    const runLetters = async (at: number, when: "before" | "after") => {
      const world = newWorld();
      await right(async () =>
        E.right(await processBatch({ ...policy, mode: "off" })(messages.slice(0, 1))(world.container())()),
      );
      const trap: Trap = { at, when, names: [], hasSprung: false };
      for (let left = true; left; ) {
        try {
          await parkDeadLetters(letters)(trapped(world.container(), trap))();
          left = false;
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          trap.hasSprung = false;
        }
      }
      const chunks = [...world.failedEvents.chunks.values()];
      const lines = chunks.flatMap(({ object }) => world.failedEvents.objects.get(object) ?? []);
      return { names: trap.names, parked: lines.map(({ messageId }) => messageId).toSorted() };
    };
    const expected = [letters[1], letters[2]].map((letter) => letter?.messageId ?? "").toSorted();
    const clean = await runLetters(0, "before");
    expect(clean).toStrictEqual({ names: ["findDeliveries", "parkEvents"], parked: expected });
    for (let at = 1; at <= clean.names.length; at += 1) {
      for (const when of ["before", "after"] as const) {
        expect((await runLetters(at, when)).parked).toStrictEqual(expected);
      }
    }
  });
});
