import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import type { AdmissionPolicy } from "../../src/admission/admission.ts";
import type { LogItem } from "../../src/admission/admission-log.ts";
import { admit, minuteLogs } from "../../src/admission/admit.ts";
import type { EventKey } from "../../src/event/event-key.ts";
import type { Failed } from "../../src/event/outcome.ts";
import { type FailedEvent, toFailedEvent, toMessage } from "../../src/failed/failed-event.ts";
import type { MappedQueue } from "../../src/priorities/priority-map.ts";
import { contentHash, type Review, reviewListing } from "../../src/priorities/refresh-progress.ts";
import { claimFailedChunk } from "../../src/retry/claim-failed-chunk.ts";
import { settleFailedChunk } from "../../src/retry/settle-failed-chunk.ts";
import { message, queueEntryText, receivedAt } from "../support/builders.ts";
import { memoryFailedEvents } from "../support/memory/memory-failed-events.ts";
import { type Call, explore, type World } from "./explore.ts";

const lost = (tag: string) => E.left({ _tag: tag, failure: "dynamodbUnavailable", reason: "the answer is lost" });

// Every order of three writers who decide about four entries of one queue and second, of which two may be admitted.
describe("the log of decisions, in every order of three writers", () => {
  const limit = 2;
  const policy: AdmissionPolicy = {
    enabled: true,
    minPriority: 1,
    maxEventsPerQueuePerSecond: limit,
    unknownQueue: "admit",
    excess: "store",
  };
  const entryOf = (name: string) => ({
    key: name.repeat(32).slice(0, 32) as EventKey,
    queueId: "90000001-0000-4000-8000-000000000001",
    eventTime: receivedAt,
  });
  const batches = [
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
  ] as const;

  /** `isChecked`: whether an append that comes second is refused. */
  const world = (isChecked: boolean) => (): World => {
    const items: LogItem[] = [];
    const read = (after: number) => E.right(items.filter(({ n }) => n > after));
    const append = (item: LogItem) => {
      const isTaken = items.some(({ n }) => n === item.n);
      if (!isTaken || !isChecked) items.push(item);
      return E.right(!isTaken || !isChecked);
    };
    const writer = (names: ReadonlyArray<string>) => async (call: Call) => {
      const answers = await admit(names.map(entryOf), {
        map: undefined,
        policy,
        use: { reads: 0, appends: 0, conflicts: 0 },
      })({
        now: () => receivedAt,
        random: () => 0,
        sleep: () => async () => undefined,
        minuteLogs: minuteLogs(),
        readLog: (_, after) => () => call("reads", () => read(after)),
        appendToLog: (_, item) => () =>
          call(
            "appends",
            () => append(item),
            () => lost("AdmissionLogUnavailable") as never,
          ),
      })();
      return E.isRight(answers) ? names.map((name, index) => [name, answers.right[index]]) : [];
    };
    return {
      processes: batches.map(writer),
      state: () => items,
      check: (ends) => {
        const decisions = new Map<unknown, Set<unknown>>();
        for (const [name, decision] of ends.flatMap((end) => (Array.isArray(end) ? end : []))) {
          decisions.set(name, (decisions.get(name) ?? new Set()).add(decision));
        }
        const torn = [...decisions].filter(([, of]) => of.size > 1).map(([name]) => `${name} is decided in two ways`);
        const admitted = [...decisions].filter(([, of]) => of.has("admitted")).length;
        const few = decisions.size >= limit && ends.every((end) => end !== undefined) && admitted < limit;
        return [
          ...torn,
          ...(admitted > limit ? [`${admitted} are admitted, and ${limit} may be`] : []),
          ...(few ? [`${admitted} are admitted, and ${limit} could be`] : []),
        ];
      },
    };
  };

  it("gives each entry one decision, and admits what may be admitted and no more", async () => {
    const explored = await explore(world(true), { crashes: 1, lostAnswers: 1 });
    console.log(`decision log: ${explored.states} states, ${explored.runs} runs`);
    expect(explored.wrong).toBeUndefined();
    expect(explored.states).toBeGreaterThan(1_000);
  });

  it("finds it out when a lost condition is taken for success", async () => {
    const { wrong } = await explore(world(false), { crashes: 0, lostAnswers: 0 });
    expect(wrong).toMatch(/decided in two ways|are admitted, and 2 may be/);
  });
});

// Two executions of the same attempt at a chunk of four events, and one of the next, which redrive-failed-events starts
// when the lease of the first has ended. The sink refuses one of the events the first time.
describe("the lease of a failed chunk, in every order of three executions", () => {
  const names = ["a", "b", "c", "d"];
  const events = names.map((name) =>
    toFailedEvent({ ...message(queueEntryText(name)), messageId: name, receivedAt }, "firehoseUnavailable"),
  );
  const unavailable = () => lost("FailedEventsUnavailable") as never;

  /** `isChecked`: whether an execution claims the attempt that it was started for, and not whatever the chunk is at. */
  const world = (isChecked: boolean) => (): World => {
    const store = memoryFailedEvents({ now: () => receivedAt });
    const delivered = new Set<string>();
    const claims: number[] = [];
    let isRefusing = true;
    void store.keepForRetry("firehoseUnavailable", events, receivedAt, { chunkId: "chunk" })();
    const deliver = (of: ReadonlyArray<FailedEvent>): ReadonlyArray<FailedEvent> => {
      const refused = isRefusing ? of.filter(({ messageId }) => messageId === "d") : [];
      isRefusing = false;
      for (const event of of) if (!refused.includes(event)) delivered.add(event.messageId);
      return refused;
    };
    const execution = (attempt: number) => async (call: Call) => {
      const claimed = await claimFailedChunk({ chunkId: "chunk", attempt })({
        now: () => receivedAt,
        claimChunk: (ref, until) => () =>
          call(
            "claims",
            async () => {
              const at = isChecked ? ref.attempt : (store.chunks.get(ref.chunkId)?.attempt ?? 0);
              const answer = await store.claimChunk({ ...ref, attempt: at }, until)();
              if (E.isRight(answer) && answer.right !== undefined) claims.push(ref.attempt);
              return answer;
            },
            unavailable,
          ),
      })();
      if (E.isLeft(claimed) || claimed.right.status === "lost") return "no claim";
      const own = claimed.right;
      const loaded = await call("loads", () => store.loadChunk("chunk")());
      if (E.isLeft(loaded) || loaded.right === undefined) return "gone";
      const chunk = { ...loaded.right.chunk, attempt: own.attempt };
      const refused = await call("delivers", () => deliver(loaded.right?.events ?? []));
      const left = refused.map(
        (event): Failed => ({ _tag: "Failed", message: toMessage(event), failure: "firehoseUnavailable" }),
      );
      const settled = await settleFailedChunk(
        { chunk, left, sealed: [], retryAfterSeconds: 0, madeWay: false, isExpired: false },
        { enrich: { mode: "off", maxDelaySeconds: 0 }, maximumEventAgeDays: 14 },
      )({
        now: () => receivedAt,
        random: () => 0,
        tallyRetry: () => TE.right(undefined),
        deleteChunk: (of) => () => call("deletes", () => store.deleteChunk(of)(), unavailable),
        replaceChunk: (of, by) => () => call("replaces", () => store.replaceChunk(of, by)(), unavailable),
      })();
      return E.isRight(settled) ? settled.right : "not settled";
    };
    return {
      processes: [execution(0), execution(0), execution(1)],
      state: () => [
        [...store.chunks],
        [...store.objects].map(([name, of]) => [name, of.length]),
        [...delivered],
        isRefusing,
      ],
      check: () => {
        const chunk = store.chunks.get("chunk");
        const held = new Set((store.objects.get(chunk?.object ?? "") ?? []).map(({ messageId }) => messageId));
        const nowhere = names.filter((name) => !delivered.has(name) && !held.has(name));
        const twice = claims.filter((attempt, index) => claims.indexOf(attempt) !== index);
        return [
          ...nowhere.map((name) => `event ${name} is nowhere`),
          ...twice.map((attempt) => `attempt ${attempt} was claimed twice`),
        ];
      },
    };
  };

  it("gives each attempt to one of them, and loses no event", async () => {
    const explored = await explore(world(true), { crashes: 1, lostAnswers: 1 });
    console.log(`leases: ${explored.states} states, ${explored.runs} runs`);
    expect(explored.wrong).toBeUndefined();
    expect(explored.states).toBeGreaterThan(500);
  });

  it("finds it out when a lease is not checked", async () => {
    const { wrong } = await explore(world(false), { crashes: 0, lostAnswers: 0 });
    expect(wrong).toMatch(/was claimed twice|is nowhere/);
  });
});

interface MemoryPointer {
  readonly version: string;
  readonly hash: string;
  readonly checkedAt: number;
}

// Three refreshes at once, of which the second has listed other queues than the first and the third.
describe("the pointer to the priority map, in every order of three refreshes", () => {
  const queueOf = (name: string): MappedQueue => ({ id: name, name, priority: 5, rule: 1 });
  const refreshes = [
    { version: "2026-01-05T09:00:00.000Z#1#3", queues: [queueOf("a")] },
    { version: "2026-01-05T09:00:01.000Z#2#3", queues: [queueOf("a"), queueOf("b")] },
    { version: "2026-01-05T09:00:02.000Z#3#3", queues: [queueOf("a")] },
  ];

  /** `isChecked`: whether the conditions of PublishVersion and ConfirmVersion hold a write back. */
  const world = (isChecked: boolean) => (): World => {
    const pages = new Map<string, ReadonlyArray<MappedQueue>>();
    let pointer: MemoryPointer | undefined;
    let newest = "";
    let wentBack = false;
    const publish = (version: string, hash: string): boolean => {
      if (isChecked && pointer !== undefined && pointer.version >= version) return false;
      wentBack ||= version < newest;
      newest = version > newest ? version : newest;
      pointer = { version, hash, checkedAt: receivedAt };
      return true;
    };
    const confirm = (hash: string): boolean => {
      if (pointer === undefined || pointer.hash !== hash) return false;
      pointer = { ...pointer, checkedAt: pointer.checkedAt + 1 };
      return true;
    };
    const published = () =>
      pointer === undefined
        ? undefined
        : {
            pointer: {
              version: pointer.version,
              pages: 1,
              queues: pages.get(pointer.version)?.length ?? 0,
              hash: pointer.hash,
              publishedAt: receivedAt,
              checkedAt: pointer.checkedAt,
            },
            queues: pages.get(pointer.version) ?? [],
          };
    const refresh =
      ({ version, queues }: (typeof refreshes)[number]) =>
      async (call: Call) => {
        await call("stores its page", () => void pages.set(version, queues));
        const before = await call("reads what is published", published);
        const listed = { queues, leftOut: [], total: queues.length, listing: 3, force: false, version };
        const review: Review = reviewListing(listed, before, receivedAt);
        switch (review._tag) {
          case "Publish":
            return call(
              "publishes",
              () => publish(version, review.hash),
              () => false,
            );
          case "Confirm":
            return call(
              "confirms",
              () => confirm(review.hash),
              () => false,
            );
          case "ListAgain":
          case "Refuse":
            return review._tag;
        }
      };
    return {
      processes: refreshes.map(refresh),
      state: () => [[...pages.keys()], pointer, wentBack],
      check: () => {
        const named = pointer === undefined ? undefined : pages.get(pointer.version);
        const isWhole =
          pointer === undefined ||
          (named !== undefined && contentHash({ queues: named, leftOut: [] }) === pointer.hash);
        return [
          ...(wentBack ? ["an older map was published over a newer one"] : []),
          ...(isWhole ? [] : ["the pointer names a map that is not there, or is another one"]),
        ];
      },
    };
  };

  it("never goes back, and always names a whole map", async () => {
    const explored = await explore(world(true), { crashes: 1, lostAnswers: 1 });
    console.log(`pointer: ${explored.states} states, ${explored.runs} runs`);
    expect(explored.wrong).toBeUndefined();
    expect(explored.states).toBeGreaterThan(500);
  });

  it("finds it out when the condition of a publication is left out", async () => {
    const { wrong } = await explore(world(false), { crashes: 0, lostAnswers: 0 });
    expect(wrong).toMatch(/^an older map was published over a newer one, after /);
  });
});
