import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../event/failure.ts";
import type { GenesysEvent } from "../event/genesys-event.ts";
import type { User } from "../genesys/user.ts";
import type { PriorityMaps } from "../priorities/ports.ts";
import type { PriorityMap } from "../priorities/priority-map.ts";
import { type Instant, secondsToMilliseconds, toIso } from "../time/instant.ts";
import type { Clock, Deadline } from "../time/ports.ts";
import type { Enrichment, EnrichmentMode } from "./enrichment.ts";
import { type Found, lookUp, type Reporting } from "./look-up.ts";
import type { Entities } from "./ports.ts";
import { users } from "./users.ts";

/** Where the names that events want are looked up: one member for each kind. */
export type NameSources = { readonly users: Entities<User> };
export type NameCaches = { readonly [Kind in keyof NameSources]: Omit<NameSources[Kind], "getByIds" | "isAtHand"> };

/** Nobody is asked for names that the caches do not have; `failure` says why. */
export const onlyCached = ({ users: cache }: NameCaches, failure: Failure): NameSources => {
  const unanswered = { isAtHand: true, getByIds: () => TE.left({ failure, isAboutRequest: false }) };
  return { users: { ...cache, ...unanswered } };
};

export type LookUpNames = NameSources & Pick<Clock, "now"> & Deadline & Reporting;

export type EnrichCapabilities = LookUpNames & PriorityMaps;

export interface EnrichPolicy {
  readonly mode: EnrichmentMode;
  /** How long after it was received an event may wait for its names. */
  readonly maxDelaySeconds: number;
}

/** An event with its names, or what it has to wait for. */
type Enriched =
  | { readonly _tag: "Ready"; readonly enrichment: Enrichment | undefined }
  | { readonly _tag: "Waiting"; readonly failure: Failure };

/** Looks up the users that events name, all at once. */
export const findUsers =
  (events: ReadonlyArray<GenesysEvent>, reserve: number): ReaderTask<LookUpNames, Found<User>> =>
  (capabilities) =>
    lookUp(
      users,
      [...new Set(events.flatMap(({ userId }) => userId ?? []))],
      reserve,
    )({
      ...capabilities,
      ...capabilities.users,
    });

const queueOf = (event: GenesysEvent, map: PriorityMap | undefined): Pick<Enrichment, "queue"> => {
  const queue = event.queueId === undefined ? undefined : map?.queues.get(event.queueId);
  return queue === undefined ? {} : { queue: { id: queue.id, name: queue.name } };
};

const withError = (reason: string, now: Instant): Pick<Enrichment, "error"> => ({ error: { reason, at: toIso(now) } });

const mayWait = ({ message }: GenesysEvent, policy: EnrichPolicy, now: Instant): boolean =>
  policy.mode === "required" && now < message.receivedAt + secondsToMilliseconds(policy.maxDelaySeconds);

const namesOf = (
  event: GenesysEvent,
  found: Found<User>,
  queue: Pick<Enrichment, "queue">,
  policy: EnrichPolicy,
  now: Instant,
): Enriched => {
  const { userId } = event;
  if (userId === undefined) return { _tag: "Ready", enrichment: queue.queue === undefined ? undefined : queue };
  const known = found.known.get(userId);
  if (known === undefined) {
    const failure: Failure = found.missing ?? { failure: "unknown" };
    return mayWait(event, policy, now)
      ? { _tag: "Waiting", failure }
      : { _tag: "Ready", enrichment: { ...queue, ...withError(failure.failure, now) } };
  }
  // A user that does not exist will not exist after a wait either.
  const { entity: user, gap = "userNotFound" } = known;
  if (user === null) return { _tag: "Ready", enrichment: { ...queue, ...withError(gap, now) } };
  return { _tag: "Ready", enrichment: { user, ...queue, ...(found.stale.has(userId) ? { stale: true } : {}) } };
};

/**
 * Finds the names for a batch: one look-up for all users in it, queue names from the published map without a call. Nobody
 * is asked any more with less than `reserve` milliseconds left.
 */
export const enrich =
  (
    events: ReadonlyArray<GenesysEvent>,
    policy: EnrichPolicy,
    reserve: number,
  ): ReaderTask<EnrichCapabilities, ReadonlyArray<Enriched>> =>
  (capabilities) =>
  async () => {
    if (policy.mode === "off") return events.map(() => ({ _tag: "Ready", enrichment: undefined }));
    const found = await findUsers(events, reserve)(capabilities)();
    const map = await capabilities.readPriorityMap();
    const now = capabilities.now();
    return events.map((event) => {
      const queue = queueOf(event, E.isRight(map) ? map.right : undefined);
      return namesOf(event, found, queue, policy, now);
    });
  };
