import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { describe, expect, it } from "vitest";
import { requestToken } from "../../../src/genesys/adapters/access-token.ts";
import type { GenesysClient } from "../../../src/genesys/adapters/genesys-client.ts";
import { genesysQueues } from "../../../src/genesys/adapters/genesys-queues.ts";
import { genesysTopics } from "../../../src/genesys/adapters/genesys-topics.ts";
import { genesysUsers } from "../../../src/genesys/adapters/genesys-users.ts";
import { decodeAnswer } from "../../../src/genesys/adapters/response.ts";
import type { GenesysError } from "../../../src/genesys/genesys-error.ts";
import type { LeftOut } from "../../../src/genesys/left-out.ts";
import { toMapped } from "../../../src/priorities/priority-map.ts";
import { defaultRules, resolvePriority } from "../../../src/priorities/priority-rule.ts";
import { many } from "../../support/setup/many.ts";
import { anything, change, type Json, pathsIn, removed, sample } from "../../support/vendor-answers.ts";

const answering = (body: Json): GenesysClient => ({
  get: (_, codec) => async () =>
    decodeAnswer("api", codec, { status: 200, headers: new Headers(), text: JSON.stringify(body) }),
});

/** The default rules in the words of the design, on the raw JSON: what a page says may only mean this. */
const expectedPriority = (queue: Json): number => {
  const { routingStrategy, scoringMethod } = queue as Record<string, { name?: string } | string | undefined>;
  const strategy = String((typeof routingStrategy === "object" && routingStrategy?.name) || "").toLowerCase();
  if (strategy.includes("priority")) return 5;
  if (strategy.includes("longestidle")) return 3;
  const scoring = typeof scoringMethod === "string" ? scoringMethod.toLowerCase() : "";
  if (scoring === "priorityonly") return 5;
  return scoring === "timestampandpriority" ? 3 : 1;
};

interface Seen<A> {
  readonly items: ReadonlyArray<A>;
  readonly leftOut: ReadonlyArray<LeftOut>;
}

/** A listing of the vendor's, and what Floodgate reads of it. */
interface Subject<A> {
  readonly name: string;
  readonly file: string;
  readonly read: (body: Json) => TaskEither<GenesysError, Seen<A>>;
  readonly expected: (entity: Json) => A;
  readonly runs: number;
}

const map =
  <A, B>(from: TaskEither<GenesysError, A>, to: (value: A) => B): TaskEither<GenesysError, B> =>
  async () =>
    E.map(to)(await from());

const idOf = (entity: Json): string => (entity as { readonly id: string }).id;
const text = (entity: Json, name: string): string | undefined =>
  (entity as Record<string, string | null | undefined>)[name] ?? undefined;

const queues: Subject<{ id: string; name: string; priority: number }> = {
  name: "queues",
  file: "rest.queues.page1.200.json",
  read: (body) =>
    map(genesysQueues(answering(body)).listQueues(1, 100), ({ entities: listed, leftOut }) => ({
      items: listed.map((queue) => {
        const { id, name, priority } = toMapped(queue, resolvePriority(defaultRules, queue));
        return { id, name, priority };
      }),
      leftOut,
    })),
  expected: (queue) => ({
    id: idOf(queue),
    name: text(queue, "name") ?? idOf(queue),
    priority: expectedPriority(queue),
  }),
  runs: many(5_000),
};

const users: Subject<{ id: string; name: string; email: string | undefined; department: string | undefined }> = {
  name: "users",
  file: "rest.users.batch-one-id-missing.200.json",
  read: (body) =>
    map(genesysUsers(answering(body))([]), ({ entities: listed, leftOut }) => ({
      items: listed.map(({ id, name, email, department }) => ({ id, name, email, department })),
      leftOut,
    })),
  expected: (user) => ({
    id: idOf(user),
    name: text(user, "name") ?? idOf(user),
    email: text(user, "email"),
    department: text(user, "department"),
  }),
  runs: many(3_000),
};

const topics: Subject<readonly [string, unknown]> = {
  name: "topics",
  file: "rest.availabletopics.200.json",
  read: (body) =>
    map(genesysTopics(answering(body)).listTopics, ({ topics: listed, leftOut }) => ({ items: [...listed], leftOut })),
  expected: (topic) => {
    const { transports } = topic as { readonly transports?: ReadonlyArray<Json> | null };
    return [idOf(topic), (transports ?? []).filter((each) => typeof each === "string")];
  },
  runs: many(1_000),
};

/** Each mutation hits one entity: whatever becomes of that one, all others are read as if nothing had happened. */
const property = <A>({ file, read, expected, runs }: Subject<A>) => {
  const whole = sample(file);
  const { entities } = whole as { readonly entities: ReadonlyArray<Json> };
  const places = pathsIn(entities).filter((path) => path.length > 0);
  let kept = 0;
  let left = 0;
  return fc
    .assert(
      fc.asyncProperty(fc.constantFrom(...places), anything, async (path, to) => {
        const [index] = path;
        const gone = path.length === 1 && to === removed;
        const changed = change(entities, path, to) as ReadonlyArray<Json>;
        const seen = await read(change(whole, ["entities"], changed))();
        if (E.isLeft(seen)) throw new Error(`the whole listing failed: ${JSON.stringify(seen.left)}`);
        const { items, leftOut } = seen.right;
        if (leftOut.length === 0) {
          kept += 1;
          expect(items).toStrictEqual(changed.map(expected));
          return;
        }
        left += 1;
        const others = entities.filter((_, at) => at !== index);
        expect(items).toStrictEqual(others.map(expected));
        expect(gone).toBe(false);
        // By its place, and by its id where it still has one.
        const id = text(changed[Number(index)] ?? {}, "id");
        const isId = typeof id === "string" && /^[\w.-]{1,64}$/.test(id);
        expect(leftOut).toStrictEqual([
          {
            ...(isId ? { id } : {}),
            path: expect.stringContaining(`entities.${[index, ...path.slice(1, 2)].join(".")}`),
          },
        ]);
      }),
      { numRuns: runs, seed: 15 },
    )
    .then(() => expect([kept > runs / 10, left > runs / 50]).toStrictEqual([true, true]));
};

describe("10,000 answers of the vendor, each with one value that is not as documented", () => {
  it("a page of queues: only the queue concerned is left out, by name, and all others keep their priority", () =>
    property(queues));
  it("users: only the user concerned is left out, by name", () => property(users));
  it("topics: only the topic concerned is left out, by name", () => property(topics));

  it("a token: it is used, or the error names what is wrong with it and shows nothing of it", () => {
    const granting = (sample("oauth.token.200.json") as { readonly body: Record<string, Json> }).body;
    const token: Record<string, Json> = { ...granting, refresh_token: null, scope: "x", id_token: null };
    const credentials = { clientId: "client", clientSecret: "secret" };
    return fc.assert(
      fc.asyncProperty(fc.constantFrom(...pathsIn(token)), anything, async (path, to) => {
        const body = change(token, path, to) as Record<string, Json>;
        const fetch = async () => Response.json(body);
        const granted = await requestToken("https://login.example", credentials, 0, fetch);
        if (E.isRight(granted)) {
          expect(granted.right.value).toBe(body.access_token);
          expect(granted.right.renewAt).toBeGreaterThanOrEqual(0);
          return;
        }
        expect(["access_token", "token_type"]).toContain(path[0]);
        expect(granted.left._tag).toBe("GenesysUnreadable");
        expect(JSON.stringify(granted.left)).not.toContain(String(token.access_token));
      }),
      { numRuns: many(1_000), seed: 15 },
    );
  });
});

describe("a listing", () => {
  const page = sample("rest.queues.page1.200.json") as { readonly entities: ReadonlyArray<Json> };
  const { entities } = page;
  const list = (body: Json, number = 1, size = 100) => genesysQueues(answering(body)).listQueues(number, size)();

  it("takes a null for no value, in every member that the rules ask for, at any depth", async () => {
    const nulls = {
      name: null,
      division: null,
      scoringMethod: null,
      bullseye: { rings: null },
      conditionalGroupRouting: null,
      routingRules: null,
      directRouting: { callMediaSettings: { enabled: null } },
      mediaSettings: { call: { serviceLevel: null }, chat: null },
      routingStrategy: { name: null },
    };
    const listed = await list({ entities: [{ id: "q-1", ...nulls }], total: 1, pageCount: 1 });
    expect(listed).toStrictEqual(
      E.right({
        entities: [
          {
            id: "q-1",
            bullseye: {},
            directRouting: { callMediaSettings: {} },
            mediaSettings: { call: {} },
            routingStrategy: {},
          },
        ],
        leftOut: [],
        total: 1,
        pageCount: 1,
      }),
    );
  });

  it.each([
    ["without pageCount", { total: 250 }, 1, 3],
    ["with a pageCount of 0", { total: 250, pageCount: 0 }, 1, 3],
    ["with a pageCount of null", { total: 250, pageCount: null }, 1, 3],
    ["of smaller pages than were asked for", { total: 60, pageCount: 20 }, 1, 20],
    ["with a total that is a text", { total: "3", pageCount: 2 }, 1, 2],
  ])("%s goes on to its last page", async (_, numbers, number, pageCount) => {
    const listed = await list({ entities, pageCount: null, ...numbers }, number);
    expect(E.isRight(listed) && listed.right.pageCount).toBe(pageCount);
  });

  it("that says neither how long it is nor how many pages it has goes on for as long as its pages are full", async () => {
    const full = await list({ entities }, 2, entities.length);
    const last = await list({ entities }, 3, entities.length + 1);
    expect([full, last].map((each) => E.isRight(each) && [each.right.pageCount, each.right.total])).toStrictEqual([
      [3, 2 * entities.length],
      [3, 2 * (entities.length + 1) + entities.length],
    ]);
  });

  it.each([
    ["{}", { _tag: "GenesysUnreadable", reason: "QueueListing: entities" }],
    ["[]", { _tag: "GenesysUnreadable", reason: "QueueListing: not an object" }],
    ["null", { _tag: "GenesysUnreadable", reason: "QueueListing: not an object" }],
    ['{"entities":{}}', { _tag: "GenesysUnreadable", reason: "QueueListing: entities" }],
    ["", { _tag: "GenesysUnavailable", reason: "api:443 answered 200 with an empty body" }],
    ["<html>", { _tag: "GenesysUnavailable", reason: "api:443 answered 200 with HTML instead of JSON" }],
    ["ok", { _tag: "GenesysUnavailable", reason: "api:443 answered 200 with something else than JSON" }],
  ])("that is %j is none, and the only kind that fails", async (body, error) => {
    const client: GenesysClient = {
      get: (_, codec) => async () =>
        decodeAnswer("api:443", codec, { status: 200, headers: new Headers(), text: body }),
    };
    expect(await genesysQueues(client).listQueues(1, 100)()).toStrictEqual(E.left(error));
  });
});
