import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { GenesysEvent } from "../event/genesys-event.ts";
import type { Failure } from "../event/outcome.ts";
import { type GenesysError, genesysFailureOf } from "../genesys/genesys-error.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { PriorityMap } from "../priorities/priority-map.ts";
import { type Instant, secondsToMilliseconds, toIso } from "../time/instant.ts";
import type { Enrichment, EnrichmentMode } from "./enrichment.ts";
import { type FindUsersCapabilities, type FoundUsers, findUsers } from "./find-users.ts";

/** Names must not take the time in which events can still be delivered without them, or kept. */
const reservedForDelivery = 25_000;

export type EnrichCapabilities = FindUsersCapabilities & PriorityMaps;

export interface EnrichPolicy {
  readonly mode: EnrichmentMode;
  /** How long after it was received an event may wait for its names. */
  readonly maxDelaySeconds: number;
}

/** An event with its names, or what it has to wait for. */
export type Enriched =
  | { readonly _tag: "Ready"; readonly enrichment: Enrichment | undefined }
  | { readonly _tag: "Waiting"; readonly failure: Failure };

const failureOf = (error: GenesysError): Failure => ({
  failure: genesysFailureOf(error),
  ...(error._tag === "GenesysRateLimited" ? { retryAfterSeconds: error.retryAfterSeconds } : {}),
});

const queueOf = (event: GenesysEvent, map: PriorityMap | undefined): Pick<Enrichment, "queue"> => {
  const queue = event.queueId === undefined ? undefined : map?.queues.get(event.queueId);
  return queue === undefined ? {} : { queue: { id: queue.id, name: queue.name } };
};

const withError = (reason: string, now: Instant): Pick<Enrichment, "error"> => ({ error: { reason, at: toIso(now) } });

const mayWait = (event: GenesysEvent, policy: EnrichPolicy, now: Instant): boolean =>
  policy.mode === "required" && now < event.receivedAt + secondsToMilliseconds(policy.maxDelaySeconds);

const namesOf = (
  event: GenesysEvent,
  found: FoundUsers,
  queue: Pick<Enrichment, "queue">,
  policy: EnrichPolicy,
  now: Instant,
): Enriched => {
  const { userId } = event;
  if (userId === undefined) return { _tag: "Ready", enrichment: queue.queue === undefined ? undefined : queue };
  const known = found.users.get(userId);
  if (known === undefined) {
    const failure: Failure = found.error === undefined ? { failure: "unknown" } : failureOf(found.error);
    return mayWait(event, policy, now)
      ? { _tag: "Waiting", failure }
      : { _tag: "Ready", enrichment: { ...queue, ...withError(failure.failure, now) } };
  }
  // A user that does not exist will not exist after a wait either.
  const { user, gap = "userNotFound" } = known;
  if (user === null) return { _tag: "Ready", enrichment: { ...queue, ...withError(gap, now) } };
  return { _tag: "Ready", enrichment: { user, ...queue, ...(found.stale.has(userId) ? { stale: true } : {}) } };
};

/** Finds the names for a batch: one look-up for all users in it, queue names from the published map without a call. */
export const enrich =
  (
    events: ReadonlyArray<GenesysEvent>,
    policy: EnrichPolicy,
  ): ReaderTask<EnrichCapabilities, ReadonlyArray<Enriched>> =>
  (capabilities) =>
  async () => {
    if (policy.mode === "off") return events.map(() => ({ _tag: "Ready", enrichment: undefined }));
    const ids = [...new Set(events.flatMap(({ userId }) => userId ?? []))];
    const found = await findUsers(ids, reservedForDelivery)(capabilities)();
    const map = await capabilities.readPriorityMap();
    const now = capabilities.now();
    return events.map((event) => {
      const queue = queueOf(event, E.isRight(map) ? map.right : undefined);
      return namesOf(event, found, queue, policy, now);
    });
  };
