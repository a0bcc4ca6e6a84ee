import * as E from "fp-ts/lib/Either.js";
import * as T from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { userId } from "../../local/genesys/organisation.ts";
import {
  type EnrichCapabilities,
  type EnrichPolicy,
  enrich,
  findUsers,
  onlyCached,
} from "../../src/enrichment/enrich.ts";
import { Enrichment } from "../../src/enrichment/enrichment.ts";
import { freshFor, gapFreshFor, isFresh, type Known } from "../../src/enrichment/known.ts";
import type { Entities } from "../../src/enrichment/ports.ts";
import type { User } from "../../src/genesys/user.ts";
import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { eventOf, message, queueEntryText, receivedAt } from "../support/builders.ts";
import { keptTelemetry } from "../support/capabilities.ts";
import { onlyThese } from "../support/should-not-be-called.ts";

const [anna, nobody, gone] = [userId(1), userId(2), userId(3)];
const agent: User = { id: anna, name: "Anna" };

const map: PriorityMap = {
  version: "v",
  checkedAt: receivedAt,
  leftOut: [],
  queues: new Map([["q-1", { id: "q-1", name: "Billing", priority: 5, rule: 1, maxEvents: 3 }]]),
};

const event = (given: { readonly userId?: string; readonly queueId?: string } = {}) => ({
  ...eventOf(message(queueEntryText("c-1"))),
  userId: given.userId,
  queueId: given.queueId,
});

const known = new Map<string, Known<User>>([
  [anna, { entity: agent, fetchedAt: receivedAt }],
  [nobody, { entity: null, fetchedAt: receivedAt }],
  [gone, { entity: null, fetchedAt: receivedAt, gap: "userRefused" }],
]);

const scene = (recalled: ReadonlyMap<string, Known<User>>, given: Partial<EnrichCapabilities> = {}) =>
  onlyThese<EnrichCapabilities>({
    ...keptTelemetry().telemetry,
    now: () => receivedAt,
    timeLeft: () => 60_000,
    readPriorityMap: TE.right(map),
    users: {
      isAtHand: false,
      recall: (ids) => TE.right(new Map([...recalled].filter(([id]) => ids.includes(id)))),
      remember: () => T.of(undefined),
      getByIds: () =>
        TE.left({ failure: { failure: "genesysRateLimited", retryAfterSeconds: 7 }, isAboutRequest: false }),
    },
    ...given,
  });

const policyOf = (mode: EnrichPolicy["mode"], maxDelaySeconds = 60): EnrichPolicy => ({ mode, maxDelaySeconds });
const at = "2026-01-05T09:00:30.000Z";
const queue = { id: "q-1", name: "Billing" };
const ready = (enrichment: Enrichment | undefined) => ({ _tag: "Ready", enrichment });

describe("enrich", () => {
  it.each<[string, Parameters<typeof event>[0], ReturnType<typeof ready>]>([
    ["neither user nor queue: nothing to say", {}, ready(undefined)],
    ["a queue of the map: its name, and nothing else of it", { queueId: "q-1" }, ready({ queue })],
    ["a queue that the map does not know", { queueId: "q-2" }, ready(undefined)],
    ["a known user", { userId: anna }, ready({ user: agent })],
    ["a known user in a known queue", { userId: anna, queueId: "q-1" }, ready({ user: agent, queue })],
    ["a user whom Genesys does not know", { userId: nobody }, ready({ error: { reason: "userNotFound", at } })],
    [
      "a user for whom it refuses to answer",
      { userId: gone, queueId: "q-1" },
      ready({ queue, error: { reason: "userRefused", at } }),
    ],
  ])("an event with %s", async (_, given, answer) => {
    expect(await enrich([event(given)], policyOf("required"), 0)(scene(known))()).toStrictEqual([answer]);
  });

  const limited = { failure: "genesysRateLimited", retryAfterSeconds: 7 } as const;

  it.each<[string, EnrichPolicy, unknown]>([
    ["waits for it where names are required", policyOf("required"), { _tag: "Waiting", failure: limited }],
    [
      "waits no longer than the policy lets it",
      policyOf("required", 0),
      ready({ queue, error: { reason: "genesysRateLimited", at } }),
    ],
    ["waits to the last millisecond", policyOf("required", 0.001), { _tag: "Waiting", failure: limited }],
    [
      "goes without it at best effort",
      policyOf("bestEffort"),
      ready({ queue, error: { reason: "genesysRateLimited", at } }),
    ],
    ["is told apart from nothing where there are no names", policyOf("off"), ready(undefined)],
  ])("an event whose user is not known while Genesys cannot be asked %s", async (_, policy, answer) => {
    const asked = event({ userId: anna, queueId: "q-1" });
    expect(await enrich([asked], policy, 0)(scene(new Map()))()).toStrictEqual([answer]);
  });

  it("uses a name that is stale while Genesys cannot be asked, and says so", async () => {
    const old = new Map([[anna, { entity: agent, fetchedAt: receivedAt - freshFor }]]);
    const events = [event({ userId: anna, queueId: "q-1" }), event({ userId: anna })];
    expect(await enrich(events, policyOf("required"), 0)(scene(old))()).toStrictEqual([
      ready({ user: agent, queue, stale: true }),
      ready({ user: agent, stale: true }),
    ]);
  });

  it("calls only those names stale that are, in a batch of which one user is missing and another is old", async () => {
    const mixed = new Map([
      [anna, { entity: agent, fetchedAt: receivedAt }],
      [nobody, { entity: { id: nobody, name: "Ben" }, fetchedAt: receivedAt - freshFor }],
    ]);
    const events = [anna, nobody, gone].map((id) => event({ userId: id }));
    expect(await enrich(events, policyOf("required"), 0)(scene(mixed))()).toStrictEqual([
      ready({ user: agent }),
      ready({ user: { id: nobody, name: "Ben" }, stale: true }),
      { _tag: "Waiting", failure: limited },
    ]);
  });

  it("goes without names of queues while the map cannot be read, or none was published", async () => {
    const away: EnrichCapabilities["readPriorityMap"] = TE.left({ _tag: "PriorityMapUnavailable", reason: "away" });
    const answers = await Promise.all(
      [away, TE.right(undefined)].map((readPriorityMap) =>
        enrich([event({ queueId: "q-1" })], policyOf("required"), 0)(scene(known, { readPriorityMap }))(),
      ),
    );
    expect(answers).toStrictEqual([[ready(undefined)], [ready(undefined)]]);
  });

  it("asks for nothing where names are off", async () => {
    const nothing = onlyThese<EnrichCapabilities>({});
    expect(await enrich([event({ userId: anna }), event()], policyOf("off"), 0)(nothing)()).toStrictEqual([
      ready(undefined),
      ready(undefined),
    ]);
  });

  it("says of a user who is missing for no reason that it is unknown why", async () => {
    const silent: Entities<User> = {
      isAtHand: false,
      recall: () => TE.right(new Map()),
      remember: () => T.of(undefined),
      getByIds: () => TE.right({ entities: [], leftOut: [] }),
    };
    // Genesys has answered: there is no such user.
    expect(
      await enrich([event({ userId: anna })], policyOf("required"), 0)(scene(new Map(), { users: silent }))(),
    ).toStrictEqual([ready({ error: { reason: "userNotFound", at } })]);
  });
});

describe("findUsers", () => {
  it("asks for each user once, and for none where no event names one", async () => {
    const asked: ReadonlyArray<string>[] = [];
    const counting: Entities<User> = {
      isAtHand: false,
      recall: (ids) => {
        asked.push(ids);
        return TE.right(known);
      },
      remember: () => T.of(undefined),
      getByIds: () => TE.right({ entities: [], leftOut: [] }),
    };
    const events = [event({ userId: anna }), event(), event({ userId: anna }), event({ userId: nobody })];
    await findUsers(events, 0)(scene(known, { users: counting }))();
    await findUsers([event()], 0)(scene(known, { users: counting }))();
    expect(asked).toStrictEqual([[anna, nobody], []]);
  });
});

describe("onlyCached", () => {
  it("answers what is remembered, and the failure for anything else, however little time is left", async () => {
    const remembered: unknown[] = [];
    const { users } = onlyCached(
      {
        users: {
          recall: () => TE.right(known),
          remember: (given) => T.fromIO(() => void remembered.push(given)),
        },
      },
      { failure: "genesysUnavailable" },
    );
    await users.remember(known)();
    expect([users.isAtHand, await users.recall([anna])(), await users.getByIds([anna])(), remembered]).toStrictEqual([
      true,
      E.right(known),
      E.left({ failure: { failure: "genesysUnavailable" }, isAboutRequest: false }),
      [known],
    ]);
  });
});

describe("isFresh", () => {
  it.each<[string, Known<unknown>, number, boolean]>([
    ["an entity of a day less a millisecond", { entity: agent, fetchedAt: 0 }, freshFor - 1, true],
    ["an entity of a day", { entity: agent, fetchedAt: 0 }, freshFor, false],
    ["nobody, of a day less a millisecond", { entity: null, fetchedAt: 0 }, freshFor - 1, true],
    ["a gap of an hour less a millisecond", { entity: null, fetchedAt: 0, gap: "g" }, gapFreshFor - 1, true],
    ["a gap of an hour", { entity: null, fetchedAt: 0, gap: "g" }, gapFreshFor, false],
  ])("of %s", (_, of, now, answer) => {
    expect(isFresh(of, now)).toBe(answer);
    expect([freshFor, gapFreshFor]).toStrictEqual([86_400_000, 3_600_000]);
  });
});

describe("Enrichment", () => {
  it("has names, marks and errors, and nothing else", () => {
    const full = { user: agent, queue, stale: true, error: { reason: "r", at } };
    expect(Enrichment.decode({ ...full, more: 1 })).toStrictEqual(E.right(full));
    expect(
      [{ queue: { id: "q" } }, { error: { reason: "r" } }, { stale: "yes" }, { user: { id: "u" } }].map(
        (each) => Enrichment.decode(each)._tag,
      ),
    ).toStrictEqual(["Left", "Left", "Left", "Left"]);
    expect(Enrichment.name).toBe("Enrichment");
  });
});
