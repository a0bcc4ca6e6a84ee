import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../local/clock.ts";
import { type Cloud, startCloud } from "../../local/cloud.ts";
import { genesysError, tooManyRequests } from "../../local/genesys/local-genesys.ts";
import { userId } from "../../local/genesys/organisation.ts";
import { awsError, type Faults } from "../../local/service.ts";
import { dynamodbBreakers } from "../../src/breakers/adapters/dynamodb-breakers.ts";
import { failedEventsStore } from "../../src/failed/adapters/failed-events-store.ts";
import type { ChunkRef } from "../../src/failed/failed-chunk.ts";
import { toFailedEvent } from "../../src/failed/failed-event.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { envelope, message } from "../support/builders.ts";
import { devPlan, newFolder, start } from "../support/local-run.ts";

const minute = 60_000;

class Scene {
  readonly cloud: Cloud;
  readonly store: ReturnType<typeof failedEventsStore>;
  readonly breakers: ReturnType<typeof dynamodbBreakers>;

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    const settings = {
      endpoint: cloud.endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: `test.${cloud.gateway.accessKey}`, secretAccessKey: "test" },
    };
    const clients = { dynamoDb: new DynamoDBClient(settings), s3: new S3Client(settings) };
    this.store = failedEventsStore({ ...clients, bucket: "floodgate-events", table: "failed-events" }, systemClock);
    this.breakers = dynamodbBreakers({ ...clients, table: "failed-events" });
  }

  /** Lets virtual time run until a call from outside has been answered. */
  async call<A>(
    task: () => Promise<{ readonly _tag: "Left" } | { readonly _tag: "Right"; readonly right: A }>,
  ): Promise<A> {
    let answer: Awaited<ReturnType<typeof task>> | undefined;
    void task().then((value) => {
      answer = value;
    });
    await this.cloud.clock.runUntil(() => answer !== undefined);
    if (answer?._tag !== "Right") throw new Error(JSON.stringify(answer));
    return answer.right;
  }

  /** A chunk of events that name users, due at once. */
  chunk(count = 3): Promise<ChunkRef> {
    const events = Array.from({ length: count }, (_, index) => {
      const body = { eventTime: start, conversationId: `c-${index}`, userId: userId(1 + index) };
      const text = envelope("user.start", body, { id: `e-${index}` });
      return toFailedEvent({ ...message(text), messageId: `m-${index}`, receivedAt: start }, "genesysUnavailable");
    });
    return this.call(this.store.keepForRetry("genesysUnavailable", events, start));
  }

  async retry(ref: ChunkRef) {
    const { execution } = this.cloud.machines.start("retry-failed-events", ref);
    await this.cloud.clock.runUntil(() => execution.status !== "RUNNING");
    return execution;
  }

  async redrive() {
    const { execution } = this.cloud.machines.start("redrive-failed-events", {});
    await this.cloud.clock.runUntil(() => execution.status !== "RUNNING");
    return execution;
  }

  async pass(minutes: number): Promise<void> {
    const until = this.cloud.clock.now() + minutes * minute;
    await this.cloud.clock.runUntil(() => this.cloud.clock.now() >= until && this.cloud.machines.running() === 0);
  }

  /** Messages that the stream holds or has written, however often. */
  deliveries(): ReadonlyArray<string> {
    const [stream] = this.cloud.streams.values();
    return (stream?.held() ?? []).map((data) => JSON.parse(data.toString("utf8")).floodgate.messageId).toSorted();
  }
}

const withScene = async <A>(act: (scene: Scene) => Promise<A>): Promise<A> => {
  const plan = await devPlan('floodgate:delivery={"bufferSeconds":900}');
  const clock = virtualClock(start, 1);
  const cloud = await startCloud({ plan, clock, isVirtual: true, out: newFolder() });
  try {
    return await act(new Scene(cloud));
  } finally {
    cloud.stop();
  }
};

const fail = (functionName: string, operation: string): Faults => {
  const answer = awsError(400, "ValidationException", "no");
  return (request) =>
    request.operation === operation && request.caller.startsWith(functionName) ? { _tag: "Answer", answer } : undefined;
};

describe("retry-failed-events", () => {
  it("delivers a chunk and removes it", async () => {
    await withScene(async (scene) => {
      const { status, lastState, largestStateBytes } = await scene.retry(await scene.chunk());
      expect([status, lastState, scene.deliveries()]).toStrictEqual(["SUCCEEDED", "Settled", ["m-0", "m-1", "m-2"]]);
      expect(largestStateBytes).toBeLessThan(1_024);
      expect(scene.cloud.objects.list("floodgate-events", "failed/")).toStrictEqual([]);
    });
  });

  it("ends well without doing anything when somebody else has the attempt", async () => {
    await withScene(async (scene) => {
      const ref = await scene.chunk();
      const [first, second] = [
        scene.cloud.machines.start("retry-failed-events", ref),
        scene.cloud.machines.start("retry-failed-events", ref),
      ];
      await scene.cloud.clock.runUntil(() => scene.cloud.machines.running() === 0);
      expect([first.execution.lastState, second.execution.lastState].toSorted()).toStrictEqual([
        "ClaimLost",
        "Settled",
      ]);
      expect(scene.deliveries()).toStrictEqual(["m-0", "m-1", "m-2"]);
      expect((await scene.retry({ chunkId: "gone", attempt: 0 })).lastState).toBe("ClaimLost");
    });
  });

  it.each([
    [15, 15, "delivered"],
    [600, 0, "moved"],
  ])("obeys a Retry-After of %i s by waiting %i s: the chunk is %s", async (seconds, waited, end) => {
    await withScene(async (scene) => {
      let isFirst = true;
      scene.cloud.genesys.fault = ({ path }) => {
        if (!path.includes("/users") || !isFirst) return undefined;
        isFirst = false;
        return tooManyRequests(seconds);
      };
      const ref = await scene.chunk();
      const { lastState, startedAt, endedAt = 0 } = await scene.retry(ref);
      const took = (endedAt - startedAt) / 1000;
      expect([lastState, took >= waited, took < waited + 10]).toStrictEqual(["Settled", true, true]);
      const left = await scene.call(scene.store.findChunk(ref.chunkId));
      if (end === "delivered") expect(left).toBeUndefined();
      else expect((left?.dueAt ?? 0) - startedAt).toBeGreaterThanOrEqual(seconds * 1000);
      expect(scene.cloud.genesys.counts.tooEarly).toBe(0);
    });
  });

  it("delivers with what the caches have when the look-up itself fails", async () => {
    await withScene(async (scene) => {
      scene.cloud.genesys.fault = () => genesysError(403, "missing.any.permissions", "no");
      scene.cloud.gateway.faults = fail("enrich-failed-events", "s3.GetObject");
      const ref = await scene.chunk();
      const { status, lastState } = await scene.retry(ref);
      expect([status, lastState]).toStrictEqual(["SUCCEEDED", "Settled"]);
      const chunk = await scene.call(scene.store.findChunk(ref.chunkId));
      expect([chunk?.attempt, chunk?.events, (chunk?.dueAt ?? 0) > scene.cloud.clock.now()]).toStrictEqual([
        1,
        3,
        true,
      ]);
    });
  });

  it.each([
    ["claim-failed-chunk", "dynamodb.UpdateItem"],
    ["deliver-failed-events", "s3.GetObject"],
    ["deliver-failed-events", "dynamodb.DeleteItem"],
  ])("leaves the chunk to its lease when %s fails at %s, and redrive brings it back", async (name, operation) => {
    await withScene(async (scene) => {
      const ref = await scene.chunk();
      scene.cloud.gateway.faults = fail(name, operation);
      const { status, lastState } = await scene.retry(ref);
      expect([status, lastState]).toStrictEqual(["FAILED", "LeftToTheLease"]);
      scene.cloud.gateway.faults = () => undefined;
      await scene.pass(8);
      expect(await scene.call(scene.store.findChunk(ref.chunkId))).toBeUndefined();
      expect(scene.deliveries()).toStrictEqual(["m-0", "m-1", "m-2"]);
    });
  });

  it.each(["ClaimFailedChunk", "ClaimedOrLost", "EnrichFailedEvents", "ReadyOrWait", "DeliverFailedEvents"])(
    "killed after %s it comes back after its lease, and nothing is lost or delivered twice",
    async (name) => {
      await withScene(async (scene) => {
        const ref = await scene.chunk();
        scene.cloud.machines.kill = ({ machine }, state) => machine === "retry-failed-events" && state === name;
        expect((await scene.retry(ref)).status).toBe("FAILED");
        scene.cloud.machines.kill = () => false;
        await scene.pass(8);
        expect(await scene.call(scene.store.findChunk(ref.chunkId))).toBeUndefined();
        expect(scene.deliveries()).toStrictEqual(["m-0", "m-1", "m-2"]);
      });
    },
  );
});

describe("redrive-failed-events", () => {
  it("does nothing when nothing is due", async () => {
    await withScene(async (scene) => {
      const { status, lastState } = await scene.redrive();
      expect([status, lastState, scene.cloud.mapping.enabled]).toStrictEqual(["SUCCEEDED", "Redriven", true]);
    });
  });

  it("starts what is due, and only that", async () => {
    await withScene(async (scene) => {
      const ref = await scene.chunk();
      await scene.redrive();
      await scene.cloud.clock.runUntil(() => scene.cloud.machines.running() === 0);
      expect(await scene.call(scene.store.findChunk(ref.chunkId))).toBeUndefined();
      const started = scene.cloud.machines.executions.filter(({ machine }) => machine === "retry-failed-events");
      expect(started.map(({ lastState }) => lastState)).toStrictEqual(["Settled"]);
    });
  });

  it("pauses the mapping while an operator's breaker is open, starts nothing, and resumes when it is closed", async () => {
    await withScene(async (scene) => {
      const breaker = { name: "operator", openedAt: start, reason: "maintenance", by: "somebody" } as const;
      await scene.call(scene.breakers.openBreaker(breaker));
      await scene.chunk();
      await scene.redrive();
      expect(scene.cloud.mapping.enabled).toBe(false);
      expect(scene.cloud.machines.executions.map(({ machine }) => machine)).not.toContain("retry-failed-events");
      await scene.call(scene.breakers.closeBreaker(breaker));
      await scene.redrive();
      expect(scene.cloud.mapping.enabled).toBe(true);
    });
  });

  it("mends a mapping that somebody has switched off, and starts what is due in the same minute", async () => {
    await withScene(async (scene) => {
      scene.cloud.mapping.setEnabled(false);
      await scene.chunk();
      const { status } = await scene.redrive();
      expect([status, scene.cloud.mapping.enabled]).toStrictEqual(["SUCCEEDED", true]);
      expect(scene.cloud.machines.executions.map(({ machine }) => machine)).toContain("retry-failed-events");
    });
  });

  it("tries the canary in the very minute in which it pauses the mapping", async () => {
    await withScene(async (scene) => {
      const event = toFailedEvent(message(envelope("acd.end", { eventTime: start })), "firehoseUnavailable");
      const kept = scene.store.keepForRetry("firehoseUnavailable", [event], start, { isCanary: true });
      const { chunkId } = await scene.call(kept);
      const breaker = { name: "sink", openedAt: start, reason: "firehoseUnavailable", by: "process-batch" } as const;
      await scene.call(scene.breakers.openBreaker({ ...breaker, canary: chunkId }));
      const { status } = await scene.redrive();
      expect([status, scene.cloud.mapping.enabled]).toStrictEqual(["SUCCEEDED", false]);
      expect(scene.cloud.machines.executions.map(({ machine }) => machine)).toContain("retry-failed-events");
    });
  });

  it("pauses a mapping of which it cannot read whether it is on", async () => {
    await withScene(async (scene) => {
      const breaker = { name: "operator", openedAt: start, reason: "maintenance", by: "somebody" } as const;
      await scene.call(scene.breakers.openBreaker(breaker));
      const { mapping } = scene.cloud;
      const state = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(mapping), "state");
      Object.defineProperty(mapping, "state", {
        configurable: true,
        get: () => {
          throw Object.assign(new Error("a failure of the test"), { name: "Lambda.ServiceException" });
        },
      });
      const { status } = await scene.redrive();
      expect([state !== undefined, status, mapping.enabled]).toStrictEqual([true, "SUCCEEDED", false]);
    });
  });

  it("closes the sink's breaker once its canary has arrived, and tries the flow itself when there is no canary", async () => {
    await withScene(async (scene) => {
      const breaker = { name: "sink", openedAt: start, reason: "firehoseUnavailable", by: "process-batch" } as const;
      await scene.call(scene.breakers.openBreaker({ ...breaker, canary: "delivered" }));
      scene.cloud.mapping.setEnabled(false);
      await scene.redrive();
      expect([await scene.call(scene.breakers.readBreaker("sink")), scene.cloud.mapping.enabled]).toStrictEqual([
        undefined,
        true,
      ]);
      const openedAt = scene.cloud.clock.now();
      await scene.call(scene.breakers.openBreaker({ ...breaker, openedAt }));
      await scene.redrive();
      expect(scene.cloud.mapping.enabled).toBe(false);
      await scene.pass(32);
      expect([await scene.call(scene.breakers.readBreaker("sink")), scene.cloud.mapping.enabled]).toStrictEqual([
        undefined,
        true,
      ]);
    });
  });

  it("pauses the mapping when the breakers cannot be read, and resumes it when they can", async () => {
    await withScene(async (scene) => {
      scene.cloud.gateway.faults = ({ operation, caller }) =>
        operation === "dynamodb.GetItem" && caller.startsWith("plan-redrive")
          ? { _tag: "Answer", answer: awsError(500, "InternalServerError", "down") }
          : undefined;
      const { status, lastState } = await scene.redrive();
      expect([status, lastState, scene.cloud.mapping.enabled]).toStrictEqual(["FAILED", "RedriveFailed", false]);
      scene.cloud.gateway.faults = () => undefined;
      await scene.redrive();
      expect(scene.cloud.mapping.enabled).toBe(true);
    });
  });

  it.each(["ReadMapping", "PlanRedrive", "PauseOrResume", "WaitForItsTurn", "StartRetry", "StartEach"])(
    "killed after %s it leaves everything to the next minute",
    async (name) => {
      await withScene(async (scene) => {
        const ref = await scene.chunk();
        scene.cloud.machines.kill = ({ machine }, state) => machine === "redrive-failed-events" && state === name;
        await scene.redrive();
        scene.cloud.machines.kill = () => false;
        await scene.pass(8);
        expect(await scene.call(scene.store.findChunk(ref.chunkId))).toBeUndefined();
        expect(scene.deliveries()).toStrictEqual(["m-0", "m-1", "m-2"]);
      });
    },
  );
});
