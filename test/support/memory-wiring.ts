import * as TE from "fp-ts/lib/TaskEither.js";
import type { Cloud } from "../../local/cloud.ts";
import { genesysPath } from "../../local/gateway-requests.ts";
import type { Create } from "../../local/models/local-function.ts";
import { containerSinkHealth } from "../../src/breakers/adapters/container-sink-health.ts";
import { pacedStream } from "../../src/delivery/adapters/paced-stream.ts";
import { type DeliveryStream, type StreamFailure, streamLimits } from "../../src/delivery/ports.ts";
import { processBatch } from "../../src/delivery/process-batch.ts";
import { guardedSource } from "../../src/enrichment/adapters/guarded-source.ts";
import { noneMalformedYet } from "../../src/event/report-outcomes.ts";
import { keepUnseen } from "../../src/failed/keep-failed-events.ts";
import type { GenesysFetch } from "../../src/genesys/adapters/exchange.ts";
import { genesysClient } from "../../src/genesys/adapters/genesys-client.ts";
import { genesysUsers } from "../../src/genesys/adapters/genesys-users.ts";
import type { User } from "../../src/genesys/user.ts";
import { ChunkRefInput, claimFailedChunk } from "../../src/retry/claim-failed-chunk.ts";
import { DeliverFailedEventsInput, deliverFailedEvents } from "../../src/retry/deliver-failed-events.ts";
import { EnrichFailedEventsInput, enrichFailedEvents } from "../../src/retry/enrich-failed-events.ts";
import { PlanRedriveInput, planRedrive } from "../../src/retry/plan-redrive.ts";
import { decodeOrThrow } from "../../src/runtime/decode-or-throw.ts";
import {
  DeliverFailedEventsEnvironment,
  EnrichFailedEventsEnvironment,
  enrichPolicyOf,
  ProcessBatchEnvironment,
} from "../../src/runtime/environment.ts";
import { sqsBatch } from "../../src/runtime/sqs-batch.ts";
import { stateTask } from "../../src/runtime/state-task.ts";
import type { Telemetry } from "../../src/telemetry/ports.ts";
import { systemClock } from "../../src/time/adapters/system-clock.ts";
import { memoryBreakers } from "./memory/memory-breakers.ts";
import { memoryDeliveries } from "./memory/memory-deliveries.ts";
import { memoryDeliveryTurn } from "./memory/memory-delivery-turn.ts";
import { memoryEntityCache } from "./memory/memory-entity-cache.ts";
import { memoryFailedEvents } from "./memory/memory-failed-events.ts";

/*
 * The memory wiring: the same steps, machines and models as over the wire, on ports in memory instead of HTTP and the
 * SDK, for outages of hours and hundreds of thousands of events. Functions that are not named here run over the wire.
 */

const credentials = { clientId: "c11e27ab-0000-4000-8000-000000000001", clientSecret: "local-secret+/=" };

/** What the stream took, and how often it was asked. */
export interface Taken {
  readonly messageIds: Map<string, number>;
  offered: number;
  throttled: number;
  /** When records were taken, in bytes by second of the run's clock. */
  readonly bytesBySecond: Map<number, number>;
}

export interface StreamBehaviour {
  /** Why the stream takes nothing now; undefined: it works. */
  readonly outage: (now: number) => StreamFailure | undefined;
  /** Why a single record is refused. */
  readonly refuses: (record: string) => StreamFailure | undefined;
  readonly quotaBytesPerSecond: number;
  /** How long the stream takes to answer, in milliseconds. */
  readonly slowness: (now: number) => number;
}

const throttled: StreamFailure = { _tag: "StreamThrottled", reason: "ServiceUnavailableException: Slow down." };

const messageIdOf = (record: string): string => /"messageId":"([^"]+)"/.exec(record)?.[1] ?? "";

/** A stream with a quota: a bucket of one second's worth that fills at the quota's rate. */
const memoryStream = (behaviour: StreamBehaviour, taken: Taken): DeliveryStream => {
  let room = behaviour.quotaBytesPerSecond;
  let at = 0;
  const offer = (record: string): StreamFailure | undefined => {
    const now = systemClock.now();
    const bytes = Buffer.byteLength(record);
    room = Math.min(behaviour.quotaBytesPerSecond, room + ((now - at) / 1000) * behaviour.quotaBytesPerSecond);
    at = now;
    taken.offered += 1;
    const refused = behaviour.refuses(record);
    if (refused !== undefined) return refused;
    if (bytes > room) {
      taken.throttled += 1;
      return throttled;
    }
    room -= bytes;
    const messageId = messageIdOf(record);
    taken.messageIds.set(messageId, (taken.messageIds.get(messageId) ?? 0) + 1);
    const second = Math.floor(now / 1000);
    taken.bytesBySecond.set(second, (taken.bytesBySecond.get(second) ?? 0) + bytes);
    return undefined;
  };
  return {
    limits: streamLimits,
    turnIn: () => 0,
    putRecords: (records) => async () => {
      await systemClock.sleep(behaviour.slowness(systemClock.now()))();
      const outage = behaviour.outage(systemClock.now());
      return (outage === undefined ? TE.right(records.map(offer)) : TE.left(outage))();
    },
  };
};

/** Requests to the local Genesys, without a network. */
const memoryFetch =
  (cloud: () => Cloud): GenesysFetch =>
  async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    const answer = await cloud().genesys.handle({
      operation: "genesys.Request",
      caller: "memory",
      method,
      path: `${pathname.startsWith(genesysPath) ? "" : genesysPath}${pathname}${search}`,
      headers: { ...headers },
      body: Buffer.from(String(body ?? "")),
    });
    return new Response(Buffer.from(answer.body), { status: answer.status, headers: { ...answer.headers } });
  };

const silent: Telemetry = { info: () => () => undefined, warn: () => () => undefined, count: () => () => undefined };

export const memoryWiring = (behaviour: StreamBehaviour, cloud: () => Cloud) => {
  const taken: Taken = { messageIds: new Map(), offered: 0, throttled: 0, bytesBySecond: new Map() };
  const stream = memoryStream(behaviour, taken);
  const breakers = memoryBreakers();
  const failedEvents = memoryFailedEvents(systemClock);
  const users = memoryEntityCache<User>(systemClock);
  const shared = {
    ...systemClock,
    ...silent,
    ...breakers,
    ...failedEvents,
    users,
    ...memoryDeliveries(),
    ...memoryDeliveryTurn(),
    readPriorityMap: TE.right(undefined),
    hasErrorObjects: TE.right(false),
    readRedaction: TE.right((text: string) => text),
  };
  /** One token and one budget for each container, as over the wire. */
  const container = (requestsPerMinute: number) => ({
    users: {
      ...users,
      ...guardedSource(
        genesysUsers(
          genesysClient({
            hosts: { login: "http://127.0.0.1/genesys", api: "http://127.0.0.1/genesys" },
            credentials: async () => credentials,
            requestsPerMinute,
            clock: systemClock,
            fetch: memoryFetch(cloud),
          }),
        ),
        { ...breakers, ...systemClock },
      ),
    },
  });
  const retries = {
    startRetry:
      ({ chunkId, attempt }: { readonly chunkId: string; readonly attempt: number }) =>
      async () => {
        cloud().machines.start("retry-failed-events", { chunkId, attempt });
        return true;
      },
  };

  const creates: Readonly<Record<string, Create>> = {
    "process-batch": (variables) => {
      const environment = decodeOrThrow(ProcessBatchEnvironment, variables);
      return sqsBatch(
        processBatch(enrichPolicyOf(environment)),
        keepUnseen,
      )({
        ...shared,
        ...retries,
        ...containerSinkHealth(),
        ...noneMalformedYet(),
        ...container(environment.GENESYS_REQUESTS_PER_MINUTE),
        ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
        acknowledge: (handles) => async () => cloud().mapping.buffer.delete(handles),
      });
    },
    "claim-failed-chunk": () => stateTask(ChunkRefInput, claimFailedChunk)(shared),
    "enrich-failed-events": (variables) => {
      const environment = decodeOrThrow(EnrichFailedEventsEnvironment, variables);
      return stateTask(
        EnrichFailedEventsInput,
        enrichFailedEvents(environment.ENRICHMENT_MODE),
      )({ ...shared, ...container(environment.GENESYS_REQUESTS_PER_MINUTE) });
    },
    "deliver-failed-events": (variables) => {
      const environment = decodeOrThrow(DeliverFailedEventsEnvironment, variables);
      const policy = { enrich: enrichPolicyOf(environment), maximumEventAgeDays: environment.MAXIMUM_EVENT_AGE_DAYS };
      return stateTask(
        DeliverFailedEventsInput,
        deliverFailedEvents(policy),
      )({
        ...shared,
        ...pacedStream(stream, environment.DELIVERY_BYTES_PER_SECOND, systemClock),
      });
    },
    "plan-redrive": () => stateTask(PlanRedriveInput, planRedrive(undefined))(shared),
  };

  return {
    taken,
    breakers,
    failedEvents,
    load: async (name: string): Promise<Create> => creates[name] ?? (await import(`../../handlers/${name}.ts`)).create,
  };
};
