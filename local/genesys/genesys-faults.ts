import { genesysOperation } from "../gateway-requests.ts";
import { answered, type Fault, type Outage, type ServiceAnswer, type ServiceRequest } from "../service.ts";
import { genesysError, tooManyRequests, unavailable } from "./local-genesys.ts";
import { userId } from "./organisation.ts";

/*
 * What Genesys, and what stands between it and a network, was seen to do: each fault by a name, for a whole run. Those of
 * the connection and of single answers hit every other request, so that the one after it shows who asks again.
 */

type Entity = Record<string, unknown>;
interface Body extends Record<string, unknown> {
  readonly entities?: ReadonlyArray<Entity>;
}

const isToken = ({ operation, path }: ServiceRequest): boolean =>
  operation === genesysOperation && path.includes("/oauth/token");
const isApi = (request: ServiceRequest): boolean => request.operation === genesysOperation && !isToken(request);
const isAny = ({ operation }: ServiceRequest): boolean => operation === genesysOperation;
const isOf =
  (path: string) =>
  (request: ServiceRequest): boolean =>
    isApi(request) && request.path.includes(path);
const isQueues = isOf("/routing/queues");
const isUsers = isOf("/api/v2/users");

/** The fault of every other request, the first one included. */
const everyOther =
  (fault: (now: number) => Fault): Outage["fault"] =>
  (_, nth, now) =>
    nth % 2 === 0 ? fault(now) : undefined;

/** The model's own answer, if it is one, with another body. */
const changed =
  (change: (body: Body) => Body): Outage["fault"] =>
  () => ({
    _tag: "Change",
    change: (answer) =>
      answer.status === 200
        ? { ...answer, body: JSON.stringify(change(JSON.parse(String(answer.body)) as Body)) }
        : answer,
  });

/** One entity of each page, the seventh or else the first, is another one. */
const oneEntity = (change: (entity: Entity) => Entity): Outage["fault"] =>
  changed((body) => {
    const { entities = [] } = body;
    const at = Math.min(6, entities.length - 1) === 6 ? 6 : 0;
    return { ...body, entities: entities.map((entity, index) => (index === at ? change(entity) : entity)) };
  });

const html: ServiceAnswer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<html><body>Maintenance</body></html>",
};

const nulls = {
  name: null,
  division: null,
  scoringMethod: null,
  bullseye: { rings: null },
  conditionalGroupRouting: null,
  routingRules: null,
  directRouting: null,
  mediaSettings: { call: { serviceLevel: null }, chat: null },
  email: null,
  department: null,
};

/** How names come from systems that people have typed and copied them into. */
const oddName = (name: unknown): string => `\u00a0 ${String(name).replace(" ", "\u00a0\u00a0")} Mu\u0308nchen `;

const tooMany = (headers: Readonly<Record<string, string>>): Fault =>
  answered(
    genesysError(
      429,
      "too.many.requests.retry.after",
      "Rate limit exceeded the maximum. Retry the request in [20] seconds",
      headers,
    ),
  );

/** What the token end answers, in the form of OAuth. */
const invalidClient = (status: number, why: string, headers: Readonly<Record<string, string>> = {}): Fault =>
  answered({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ error: "invalid_client", error_description: why }),
  });

/** A user for whom Genesys refuses every request that names it. */
export const refusedUser = userId(3);

export const genesysOutages = {
  "genesys-down": {
    describes: "Genesys answers 503",
    effect: "Events that need a name wait; all others pass.",
    concerns: isAny,
    fault: () => answered(unavailable()),
  },
  "genesys-limited": {
    describes: "Genesys answers 429",
    effect: "The same, until its Retry-After is over.",
    concerns: isApi,
    fault: () => answered(tooManyRequests(30)),
  },
  "genesys-forbidden": {
    describes: "the OAuth client lacks routing:queue:view",
    effect: "The priority map keeps its last version; after an hour events go on without names.",
    concerns: isApi,
    fault: () =>
      answered(
        genesysError(
          403,
          "missing.any.permissions",
          "Unable to perform the requested action. You are missing the following permission(s): routing:queue:view",
        ),
      ),
  },
} as const satisfies Readonly<Record<string, Outage>>;

export const genesysFaults = {
  "genesys-nulls": {
    describes: "Genesys sends null for every optional field of one queue and one user",
    effect: "They count as not given; nothing waits.",
    concerns: isApi,
    fault: oneEntity((entity) => ({ ...entity, ...nulls })),
  },
  "genesys-odd-entities": {
    describes: "one queue and one user of each answer are not as documented",
    effect: "These two are left out and named; all others count.",
    concerns: isApi,
    fault: oneEntity((entity) => ({ ...entity, division: 5, email: ["not a text"] })),
  },
  "genesys-odd-names": {
    describes: "names of queues have no-break spaces and decomposed umlauts",
    effect: "Rules match them all the same.",
    concerns: isQueues,
    fault: changed((body) => ({
      ...body,
      entities: (body.entities ?? []).map((entity) => ({ ...entity, name: oddName(entity.name) })),
    })),
  },
  "genesys-no-page-count": {
    describes: "Genesys does not say how many pages a listing has",
    effect: "The refresh reads on until a page is empty.",
    concerns: isQueues,
    fault: changed(({ pageCount: _, ...body }) => body),
  },
  "genesys-bad-id": {
    describes: "Genesys answers 400 to every request that names one certain user",
    effect: "That user alone has no name.",
    concerns: isUsers,
    fault: ({ path }) =>
      path.includes(refusedUser) ? answered(genesysError(400, "bad.request", "The request was invalid.")) : undefined,
  },
  "genesys-resets": {
    describes: "every other connection to Genesys breaks under its request",
    effect: "The requests are sent again.",
    concerns: isAny,
    fault: everyOther(() => ({ _tag: "LoseAnswer" })),
  },
  "genesys-408": {
    describes: "every other request to Genesys is answered 408",
    effect: "The requests are sent again.",
    concerns: isApi,
    fault: everyOther(() => answered(genesysError(408, "request.timeout", "The request timed out."))),
  },
  "genesys-redirects": {
    describes: "a proxy redirects every request to a page to sign in",
    effect: "Events that need a name wait; the reason says where it leads.",
    concerns: isAny,
    fault: () => answered({ status: 302, headers: { location: "https://login.example.com/sign-in" }, body: "" }),
  },
  "genesys-html": {
    describes: "a maintenance page answers 200 with HTML",
    effect: "Events that need a name wait; the page is not taken for an answer.",
    concerns: isAny,
    fault: () => answered(html),
  },
  "genesys-empty": {
    describes: "a proxy answers 200 with an empty body",
    effect: "Events that need a name wait; nothing is taken for an answer.",
    concerns: isAny,
    fault: () => answered({ status: 200, headers: { "content-type": "application/json" }, body: "" }),
  },
  "genesys-refuses-client": {
    describes: "the token end answers 401 with a challenge",
    effect: "No token is given: names and the refresh wait.",
    concerns: isToken,
    fault: () => invalidClient(401, "client not found", { "www-authenticate": 'Basic realm="genesys"' }),
  },
  "genesys-wrong-secret": {
    describes: "the token end answers 400 invalid_client, as Genesys does to a wrong secret",
    effect: "No token is given: names and the refresh wait.",
    concerns: isToken,
    fault: () => invalidClient(400, "authentication failed"),
  },
  "genesys-proxy-400": {
    describes: "a proxy answers 400 with HTML to every request",
    effect: "Events that need a name wait.",
    concerns: isApi,
    fault: () => answered({ ...html, status: 400 }),
  },
  "genesys-limited-until": {
    describes: "every other request is answered 429 with a date to wait for",
    effect: "Requests wait for that time.",
    concerns: isApi,
    fault: everyOther((now) => tooMany({ "retry-after": new Date(now + 20_000).toUTCString() })),
  },
  "genesys-limited-in-words": {
    describes: "every other request is answered 429 that says only in words how long to wait",
    effect: "Requests wait as long as the words say.",
    concerns: isApi,
    fault: everyOther(() => tooMany({})),
  },
} as const satisfies Readonly<Record<string, Outage>>;
