import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GenesysCredentials, requestToken } from "../../../src/genesys/adapters/access-token.ts";
import { connectGenesys } from "../../../src/genesys/adapters/connect-genesys.ts";
import { type GenesysFetch, getText, whyNoAnswer } from "../../../src/genesys/adapters/exchange.ts";
import { genesysClient } from "../../../src/genesys/adapters/genesys-client.ts";
import { genesysQueues } from "../../../src/genesys/adapters/genesys-queues.ts";
import { genesysTopics } from "../../../src/genesys/adapters/genesys-topics.ts";
import { genesysUsers } from "../../../src/genesys/adapters/genesys-users.ts";
import { countOf, decodeEntities } from "../../../src/genesys/adapters/listing.ts";
import { errorOf, retryAfterSeconds } from "../../../src/genesys/adapters/response.ts";
import { receivedAt } from "../../support/builders.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";

const login = "https://login.example";
const grant = (given: object = {}) => Response.json({ access_token: "token", token_type: "bearer", ...given });

interface Asked {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly redirect: unknown;
  readonly body: string;
}

/** A client whose requests are answered here, and time that the test moves. */
const scene = (
  answer: (asked: Asked, nth: number) => Response | Promise<Response>,
  credentials: () => Promise<GenesysCredentials> = async () => ({ clientId: "my-id", clientSecret: "s/+=" }),
  requestsPerMinute = 100,
) => {
  let now = receivedAt;
  const asked: Asked[] = [];
  const fetch: GenesysFetch = async (url, options) => {
    const each = {
      url,
      method: options.method,
      headers: Object.fromEntries(new Headers(options.headers as Record<string, string>)),
      redirect: options.redirect,
      body: String(options.body ?? ""),
    };
    asked.push(each);
    return answer(each, asked.length - 1);
  };
  const client = genesysClient({
    hosts: { login, api: "https://api.example" },
    credentials,
    requestsPerMinute,
    clock: { now: () => now, sleep: () => async () => undefined },
    fetch,
  });
  return {
    asked,
    client,
    get: () => client.get("/x", t.type({ fine: t.boolean }))(),
    paths: () => asked.map(({ url }) => url.replace(/^https:\/\/(login|api)\.example/, "$1 ")),
    later: (seconds: number) => {
      now += seconds * 1000;
    },
  };
};

const isToken = ({ url }: Asked): boolean => url.startsWith(login);
const fine = () => Response.json({ fine: true });
const usual = (asked: Asked): Response => (isToken(asked) ? grant({ expires_in: 3_600 }) : fine());

describe("a request to Genesys", () => {
  it("brings a token that was had with raw Basic authentication, and follows no redirect", async () => {
    const { get, asked } = scene(usual);
    expect(await get()).toStrictEqual(E.right({ fine: true }));
    expect(asked.map(({ url, method, redirect }) => [url, method, redirect])).toStrictEqual([
      ["https://login.example/oauth/token", "POST", "manual"],
      ["https://api.example/x", "GET", "manual"],
    ]);
    expect(asked.map(({ headers }) => headers["authorization"])).toStrictEqual([
      `Basic ${Buffer.from("my-id:s/+=").toString("base64")}`,
      "Bearer token",
    ]);
    expect(asked[0]?.body).toContain("grant_type=client_credentials");
  });

  it("uses its token until ten minutes before its end, and one of a short life for half of it", async () => {
    const tokensAfter = async (expiresIn: unknown, seconds: ReadonlyArray<number>) => {
      const { get, later, paths } = scene((asked) => (isToken(asked) ? grant({ expires_in: expiresIn }) : fine()));
      const counts: number[] = [];
      for (const wait of seconds) {
        later(wait);
        await get();
        counts.push(paths().filter((path) => path.startsWith("login")).length);
      }
      return counts;
    };
    expect(await tokensAfter(3_600, [0, 2_999, 1])).toStrictEqual([1, 1, 2]);
    expect(await tokensAfter(300, [0, 149, 1])).toStrictEqual([1, 1, 2]);
    expect(await tokensAfter("3600", [0, 2_999, 1])).toStrictEqual([1, 1, 2]);
    // Without a lifetime that is one it is a day.
    for (const none of [undefined, null, 0, -5, "soon"]) {
      expect(await tokensAfter(none, [0, 85_799, 1])).toStrictEqual([1, 1, 2]);
    }
  });

  it("asks once for a new token when its own is refused, and takes the second refusal for one", async () => {
    const unauthorized = () => Response.json({ code: "bad.credentials" }, { status: 401 });
    const once = scene((asked, nth) => (isToken(asked) ? usual(asked) : nth === 1 ? unauthorized() : fine()));
    const always = scene((asked) => (isToken(asked) ? usual(asked) : unauthorized()));
    expect([await once.get(), once.paths()]).toStrictEqual([
      E.right({ fine: true }),
      ["login /oauth/token", "api /x", "login /oauth/token", "api /x"],
    ]);
    expect(await always.get()).toMatchObject({
      left: { _tag: "GenesysRefused", status: 401, code: "bad.credentials" },
    });
    expect(always.paths()).toHaveLength(4);
  });

  it("is not made while Genesys wants to be left alone: after a 429, of the token end too, and a used-up window", async () => {
    const wait = (seconds: number) => E.left({ _tag: "GenesysRateLimited", retryAfterSeconds: seconds });
    const limited = () => Response.json({}, { status: 429, headers: { "retry-after": "20" } });
    const api = scene((asked) => (isToken(asked) ? usual(asked) : limited()));
    expect([await api.get(), await api.get(), api.paths().length]).toStrictEqual([wait(20), wait(20), 2]);
    const tokens = scene(limited);
    expect([await tokens.get(), await tokens.get(), tokens.paths().length]).toStrictEqual([wait(20), wait(20), 1]);
    const used = scene((asked) =>
      isToken(asked)
        ? usual(asked)
        : Response.json(
            { fine: true },
            {
              headers: {
                "inin-ratelimit-allowed": "300",
                "inin-ratelimit-count": "300",
                "inin-ratelimit-reset": "12",
              },
            },
          ),
    );
    expect([await used.get(), await used.get(), used.paths().length]).toStrictEqual([
      E.right({ fine: true }),
      wait(12),
      2,
    ]);
  });

  it("is not held back by any other error", async () => {
    const { get, paths } = scene((asked) => (isToken(asked) ? usual(asked) : Response.json({}, { status: 503 })));
    await get();
    await get();
    expect(paths()).toHaveLength(3);
  });

  it("is not made without a request in the budget", async () => {
    const { get, paths, later } = scene(usual, undefined, 1);
    await get();
    later(10);
    expect([await get(), paths().length]).toStrictEqual([
      E.left({ _tag: "GenesysRateLimited", retryAfterSeconds: 50 }),
      2,
    ]);
  });

  it("is about the request where the API says 400 or 414, and not where the token end does", async () => {
    const status = (code: number) =>
      scene((asked) => (isToken(asked) ? usual(asked) : Response.json({}, { status: code })));
    const answers = [await status(400).get(), await status(414).get(), await status(403).get()];
    expect(answers.map((answer) => E.isLeft(answer) && "isAboutRequest" in answer.left)).toStrictEqual([
      true,
      true,
      false,
    ]);
    const tokens = scene(() => Response.json({ error: "x" }, { status: 400 }));
    expect(await tokens.get()).toStrictEqual(
      E.left({ _tag: "GenesysRefused", status: 400, code: "x", message: "", contextId: undefined }),
    );
  });

  it("fails when its credentials cannot be read, and reads them again for the next", async () => {
    let reads = 0;
    const { get } = scene(usual, async () => {
      reads += 1;
      if (reads === 1) throw new Error("no secret");
      return { clientId: "a", clientSecret: "b" };
    });
    expect([await get(), await get()]).toStrictEqual([
      E.left({ _tag: "GenesysUnavailable", reason: "Error: no secret" }),
      E.right({ fine: true }),
    ]);
  });
});

describe("a token end", () => {
  const ask = async (answer: Response) =>
    requestToken(login, { clientId: "a", clientSecret: "b" }, 0, async () => answer);

  it("is unreadable when it grants a token of another type", async () => {
    expect(await ask(grant({ token_type: "mac" }))).toStrictEqual(
      E.left({ _tag: "GenesysUnreadable", reason: "Token: token_type is not Bearer" }),
    );
  });

  it("refuses with a code of ours where it names none, and with no more of its words than a message carries", async () => {
    const refused = (status: number, body: object) => ask(Response.json(body, { status }));
    const told = [
      await refused(401, {}),
      await refused(403, {}),
      await refused(403, { error: "e".repeat(400), error_description: "d".repeat(400) }),
    ];
    expect(told.map((each) => E.isLeft(each) && each.left)).toMatchObject([
      { code: "invalid_client", message: "" },
      { code: "oauth", message: "" },
      { code: "e".repeat(300), message: "d".repeat(300) },
    ]);
  });
});

describe("GenesysCredentials", () => {
  it("are an id and a secret", () => {
    const wrong = [{ clientId: "a" }, { clientSecret: "b" }, { clientId: 1, clientSecret: "b" }];
    expect(wrong.map(GenesysCredentials.is)).toStrictEqual([false, false, false]);
    expect([GenesysCredentials.is({ clientId: "a", clientSecret: "b" }), GenesysCredentials.name]).toStrictEqual([
      true,
      "GenesysCredentials",
    ]);
  });
});

describe("getText", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const hanging: GenesysFetch = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });

  it("waits ten seconds for an answer, and not longer", async () => {
    const answer = getText(hanging, "https://api.example/x", "token", () => true).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(9_999);
    const pending = vi.getTimerCount();
    await vi.advanceTimersByTimeAsync(1);
    expect([pending, await answer, vi.getTimerCount()]).toStrictEqual([1, new Error("no answer within 10 s"), 0]);
    expect(whyNoAnswer("https://api.example/x", await answer)).toBe("no answer within 10 s (api.example:443)");
  });

  it("leaves no timer behind", async () => {
    await getText(
      async () => new Response("x"),
      "https://api.example",
      "t",
      () => true,
    );
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("whyNoAnswer", () => {
  const fetchFailed = (cause: unknown) => new TypeError("fetch failed", { cause });

  it.each([
    ["an error of ours", new Error("no answer within 10 s"), "no answer within 10 s (a.example:443)"],
    ["another error", new RangeError("odd"), "RangeError: odd (a.example:443)"],
    ["a cause of fetch's", fetchFailed(new RangeError("inner")), "RangeError: inner (a.example:443)"],
    ["a cause that is no error", fetchFailed("inner"), "TypeError: fetch failed (a.example:443)"],
    ["a cause of another error", new Error("outer", { cause: new RangeError("inner") }), "outer (a.example:443)"],
    ["something that is no error", "text", "text (a.example:443)"],
    ["an empty message", new TypeError(""), "no answer that fetch() takes, such as a proxy's 407 (a.example:443)"],
  ])("tells %s", (_, error, told) => {
    expect(whyNoAnswer("https://a.example/x", error)).toBe(told);
  });
});

describe("retryAfterSeconds", () => {
  const of = (header: string | undefined, text = "") =>
    retryAfterSeconds(new Headers(header === undefined ? {} : { "retry-after": header }), text, receivedAt);

  it("takes seconds, then a date, then the message, then three seconds; an hour at most", () => {
    expect([
      of("7"),
      of(" 7 "),
      of("6.2"),
      of("0"),
      of("-5"),
      of(""),
      of(" "),
      of("soon", "in [9] seconds"),
      of("0", "in [9] seconds"),
      of(new Date(receivedAt + 90_000).toUTCString()),
      of(undefined, "in [9] seconds"),
      of(undefined, "in [0] seconds"),
      of(undefined),
      of("3600"),
      of("3601"),
    ]).toStrictEqual([7, 7, 7, 3, 3, 3, 3, 9, 9, 90, 9, 3, 3, 3600, 3600]);
  });
});

describe("errorOf", () => {
  const of = (status: number, text: string, headers: Record<string, string> = {}) =>
    errorOf("host", { status, text, headers: new Headers(headers) }, receivedAt);
  const html = { "content-type": "text/HTML" };
  const away = (reason: string) => ({ _tag: "GenesysUnavailable", reason });

  it.each([
    [300, "", {}, away("host answered 300, a redirect")],
    [399, "", { location: "http://a.example/x" }, away("host answered 399, a redirect to a.example")],
    [302, "", { location: "HTTPS://a.example" }, away("host answered 302, a redirect to a.example")],
    [302, "", { location: "xhttps://a.example/" }, away("host answered 302, a redirect")],
    [302, "", { location: `https://${"a".repeat(101)}/` }, away("host answered 302, a redirect")],
    [500, "", {}, away("host answered 500")],
    [204, "", {}, away("host answered 204")],
    [500, "", html, away("host answered 500 with HTML instead of JSON")],
    [404, "", {}, away("host answered 404 with an empty body")],
    [404, " \n", {}, away("host answered 404 with an empty body")],
    [404, "  <p>", {}, away("host answered 404 with HTML instead of JSON")],
    [404, "sorry", {}, away("host answered 404 with something else than JSON")],
    [404, "sorry", html, away("host answered 404 with HTML instead of JSON")],
    [401, "sorry", {}, { _tag: "GenesysRefused", status: 401, code: "unknown", message: "", contextId: undefined }],
    [
      404,
      '{"code":"c","message":"m","contextId":"x"}',
      { "inin-correlation-id": "y" },
      { _tag: "GenesysRefused", status: 404, code: "c", message: "m", contextId: "x" },
    ],
    [
      404,
      '{"code":5}',
      { "inin-correlation-id": "y" },
      { _tag: "GenesysRefused", status: 404, code: "unknown", message: "", contextId: "y" },
    ],
    [404, "[]", {}, { _tag: "GenesysRefused", status: 404, code: "unknown", message: "", contextId: undefined }],
    [499, "{}", {}, { _tag: "GenesysRefused", status: 499, code: "unknown", message: "", contextId: undefined }],
  ])("of %i %j %j", (status, text, headers, error) => {
    expect(of(status, text, headers as Record<string, string>)).toStrictEqual(error);
  });
});

describe("listings", () => {
  const Thing = t.intersection([
    t.type({ id: t.string }),
    t.partial({ size: t.number, deep: t.type({ a: t.string, b: t.string }) }),
  ]);

  it("leave out what is not as documented, with its id and the paths of what is wrong", () => {
    const listed = [
      { id: "t-1" },
      { id: "t-2", size: "x", deep: {} },
      { size: 5 },
      null,
      { id: "a b", size: "x" },
      {
        id: "t-3",
        deep: Object.fromEntries([
          ["a", 1],
          ["b", 2],
        ]),
      },
    ];
    expect(decodeEntities(Thing, listed)).toStrictEqual({
      entities: [{ id: "t-1" }],
      leftOut: [
        { id: "t-2", path: "entities.1.size, entities.1.deep.a, entities.1.deep.b" },
        { path: "entities.2.id" },
        { path: "entities.3" },
        { path: "entities.4.size" },
        { id: "t-3", path: "entities.5.deep.a, entities.5.deep.b" },
      ],
    });
  });

  it("name no more of an entity than a person reads", () => {
    const Wide = t.type(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field${index}`, t.string])));
    expect(decodeEntities(Wide, [{}]).leftOut[0]?.path).toHaveLength(200);
  });

  it("count with whole numbers that are not negative", () => {
    expect([0, 7, -1, 1.5, "7", null, Number.NaN, 2 ** 53].map(countOf)).toStrictEqual([
      0,
      7,
      ...Array(6).fill(undefined),
    ]);
  });
});

describe("what is asked of Genesys", () => {
  const listing = (...entities: ReadonlyArray<object>) => ({ entities, total: entities.length, pageCount: 1 });
  const answered = (body: object) => {
    const { client, paths } = scene((asked) => (isToken(asked) ? usual(asked) : Response.json(body)));
    return { client, path: () => paths().at(-1) };
  };

  it("are users of any state, as many as were asked for, with the names that they have", async () => {
    const { client, path } = answered(
      listing({ id: "u-1", name: "Anna", email: "a@example.com", department: "D", phone: "x" }, { id: "u-2" }),
    );
    expect(await genesysUsers(client)(["u-1", "u-2"])()).toStrictEqual(
      E.right({
        entities: [
          { id: "u-1", name: "Anna", email: "a@example.com", department: "D" },
          { id: "u-2", name: "u-2" },
        ],
        leftOut: [],
      }),
    );
    expect(path()).toBe("api /api/v2/users?pageSize=2&state=any&id=u-1&id=u-2");
  });

  it("are topics with the transports by which they come", async () => {
    const { client, path } = answered(
      listing({ id: "t.1", transports: ["EventBridge", 5] }, { id: "t.2" }, { id: 5 }, { id: "t.3", transports: "x" }),
    );
    expect(await genesysTopics(client).listTopics()).toMatchObject({
      right: {
        topics: new Map([
          ["t.1", ["EventBridge"]],
          ["t.2", []],
        ]),
      },
    });
    expect(path()).toBe("api /api/v2/notifications/availabletopics?expand=transports");
  });

  it.each<[string, object, page: number, object]>([
    ["as told", { total: 250, pageCount: 3 }, 1, { pageCount: 3, total: 250 }],
    ["more pages than the count says, by the total", { total: 250, pageCount: 1 }, 1, { pageCount: 3, total: 250 }],
    ["no counts, and a page that is not full", {}, 1, { pageCount: 1, total: 2 }],
  ])("are pages of queues: %s", async (_, counts, page, expected) => {
    const { client, path } = answered({ entities: [{ id: "q-1" }, { id: "q-2" }], ...counts });
    const listed = await genesysQueues(client).listQueues(page, 100)();
    expect(listed).toMatchObject({ right: { entities: [{ id: "q-1" }, { id: "q-2" }], leftOut: [], ...expected } });
    expect(path()).toBe(`api /api/v2/routing/queues?pageSize=100&pageNumber=${page}&sortOrder=asc`);
  });
});

describe("connectGenesys", () => {
  const cloud = answeringCloud();
  const environment = () => ({
    ...cloud.environment(),
    GENESYS_DOMAIN: "example.invalid",
    GENESYS_SECRET_ARN: "arn:secret",
    GENESYS_REQUESTS_PER_MINUTE: 5,
    GENESYS_BASE_URL: cloud.endpoint(),
  });
  const clock = { now: () => receivedAt, sleep: () => async () => undefined };

  it("reads the credentials when a token is first needed, and asks one base URL for everything", async () => {
    cloud.answer(({ operation }) => {
      if (operation === "GetSecretValue") return ok({ SecretString: '{"clientId":"a","clientSecret":"b"}' });
      return operation.startsWith("POST") ? ok({ access_token: "t", token_type: "bearer" }) : ok({ fine: true });
    });
    const client = connectGenesys(environment(), clock);
    const before = cloud.calls().length;
    expect(await client.get("/x", t.type({ fine: t.boolean }))()).toStrictEqual(E.right({ fine: true }));
    expect([before, cloud.calls().map(({ operation }) => operation)]).toStrictEqual([
      0,
      ["GetSecretValue", "POST /oauth/token", "GET /x"],
    ]);
  });

  it("says what the secret has to hold, and shows nothing of it", async () => {
    cloud.answer(ok({ SecretString: "hidden" }), failure(500, "x"));
    expect(await connectGenesys(environment(), clock).get("/x", t.unknown)()).toStrictEqual(
      E.left({
        _tag: "GenesysUnavailable",
        reason:
          'Error: the secret arn:secret does not hold the OAuth client: {"clientId": "...", "clientSecret": "..."}',
      }),
    );
  });

  it("asks the domain's own hosts where no base URL is given", async () => {
    cloud.answer(ok({ SecretString: '{"clientId":"a","clientSecret":"b"}' }));
    const { GENESYS_BASE_URL: _, ...rest } = environment();
    const answer = await connectGenesys(rest, clock).get("/x", t.unknown)();
    expect(E.isLeft(answer) && answer.left._tag === "GenesysUnavailable" && answer.left.reason).toMatch(
      /login\.example\.invalid:443/,
    );
  });
});
