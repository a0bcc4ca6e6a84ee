import type { Clock } from "../clock.ts";
import { genesysPath } from "../gateway-requests.ts";
import type { Operation, ServiceAnswer, ServiceRequest } from "../service.ts";
import { randomId } from "../text.ts";
import { type Organisation, organisation } from "./organisation.ts";
import { type Limits, rateLimits } from "./rate-limits.ts";

/*
 * As much of Genesys Cloud's Platform API as Floodgate calls: client credentials token (Basic header compared byte for
 * byte), queues page by page, users by id, notification topics; 300 requests a minute per token and 3,000 per
 * application with the documented headers and 429 body (reference/genesys-cloud.md). Left out: everything else.
 */

interface GenesysCounts {
  /** All requests but those for tokens. */
  requests: number;
  tokens: number;
  byPath: Record<string, number>;
  /** Requests answered 429. */
  rateLimited: number;
  /** Requests that came before the Retry-After of an earlier answer to the same token had passed. */
  tooEarly: number;
  /** Most requests of one token within a minute. */
  busiestTokenMinute: number;
  busiestMinute: number;
}

/** Answers a request instead of Genesys; undefined: no fault. */
export type GenesysFault = (request: ServiceRequest, now: number) => ServiceAnswer | undefined;

interface GenesysOptions {
  readonly clock: Clock;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly organisation?: Organisation;
}

const tokenSeconds = 86_399;
const transports = ["All", "EventBridge", "Websocket"];
const topicNames = ["acd.start", "acd.end", "user.start", "user.end", "customer.start", "customer.end", "attributes"];

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ServiceAnswer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

/** The documented error body; `message` as the vendor words it. */
export const genesysError = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
) => {
  const contextId = randomId();
  const body = { message, code, status, contextId, details: [], errors: [] };
  return json(status, body, { "inin-correlation-id": contextId, ...headers });
};

export const tooManyRequests = (seconds: number): ServiceAnswer =>
  genesysError(
    429,
    "too.many.requests.retry.after",
    `Rate limit exceeded the maximum. Retry the request in [${seconds}] seconds`,
    { "retry-after": String(seconds) },
  );

export const unavailable = (): ServiceAnswer =>
  genesysError(503, "service.unavailable", "The service is currently unavailable.");

export class LocalGenesys {
  readonly counts: GenesysCounts = {
    requests: 0,
    tokens: 0,
    byPath: {},
    rateLimited: 0,
    tooEarly: 0,
    busiestTokenMinute: 0,
    busiestMinute: 0,
  };
  fault: GenesysFault = () => undefined;
  organisation: Organisation;
  private readonly clock: Clock;
  private readonly basic: string;
  private readonly tokens = new Map<string, number>();
  private readonly notBefore = new Map<string, number>();
  private readonly limits: Limits;
  private recent: number[] = [];

  constructor(options: GenesysOptions) {
    this.clock = options.clock;
    this.organisation = options.organisation ?? organisation();
    const { clientId, clientSecret } = options.credentials;
    this.basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    this.limits = rateLimits(options.clock);
  }

  readonly handle: Operation = (request) => {
    const url = new URL(request.path.slice(genesysPath.length), "http://genesys");
    if (url.pathname === "/oauth/token") return this.token(request);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const answer = this.answer(request, url, token);
    this.remember(token, answer);
    return answer;
  };

  /** Requests, without those for tokens, since a moment of at most the last minutes. */
  requestsSince(moment: number): number {
    this.recent = this.recent.filter((at) => at >= moment - 60_000);
    return this.recent.filter((at) => at >= moment).length;
  }

  private token(request: ServiceRequest): ServiceAnswer {
    const client = request.headers.authorization ?? "";
    if (this.clock.now() < (this.notBefore.get(client) ?? 0)) this.counts.tooEarly += 1;
    const fault = this.fault(request, this.clock.now());
    if (fault !== undefined) {
      this.remember(client, fault);
      return fault;
    }
    if (request.headers.authorization !== this.basic) {
      const description = "authentication failed";
      return json(400, { error: "invalid_client", description, error_description: description });
    }
    this.counts.tokens += 1;
    const token = randomId();
    this.tokens.set(token, this.clock.now() + tokenSeconds * 1000);
    return json(200, { access_token: token, token_type: "bearer", expires_in: tokenSeconds });
  }

  private answer(request: ServiceRequest, url: URL, token: string): ServiceAnswer {
    const now = this.clock.now();
    this.counts.requests += 1;
    this.recent.push(now);
    this.counts.byPath[url.pathname] = (this.counts.byPath[url.pathname] ?? 0) + 1;
    if (now < (this.notBefore.get(token) ?? 0)) this.counts.tooEarly += 1;
    const use = this.limits.take(token);
    this.counts.busiestTokenMinute = Math.max(this.counts.busiestTokenMinute, use.ofToken);
    this.counts.busiestMinute = Math.max(this.counts.busiestMinute, use.ofApplication);
    const fault = this.fault(request, now);
    if (fault !== undefined) return fault;
    if (now >= (this.tokens.get(token) ?? 0)) return genesysError(401, "bad.credentials", "Invalid login credentials.");
    if (use.waitSeconds > 0) return tooManyRequests(use.waitSeconds);
    const { status, body, headers } = this.resource(url);
    return { status, body, headers: { ...headers, ...use.headers } };
  }

  private remember(token: string, answer: ServiceAnswer): void {
    if (answer.status !== 429) return;
    this.counts.rateLimited += 1;
    this.notBefore.set(token, this.clock.now() + Number(answer.headers?.["retry-after"] ?? 0) * 1000);
  }

  private resource(url: URL): ServiceAnswer {
    if (url.pathname === "/api/v2/routing/queues") return this.queues(url.searchParams);
    if (url.pathname === "/api/v2/users") return this.users(url.searchParams);
    if (url.pathname === "/api/v2/notifications/availabletopics") return this.topics();
    const userId = /^\/api\/v2\/users\/([^/]+)$/.exec(url.pathname)?.[1];
    const user = userId === undefined ? undefined : this.organisation.users.get(userId);
    if (user !== undefined) return json(200, user);
    return genesysError(404, "not.found", `There is no ${url.pathname} here`);
  }

  private queues(query: URLSearchParams): ServiceAnswer {
    const size = Number(query.get("pageSize") ?? 25);
    const page = Number(query.get("pageNumber") ?? 1);
    const { queues } = this.organisation;
    return json(200, {
      entities: queues.slice((page - 1) * size, page * size),
      pageSize: size,
      pageNumber: page,
      total: queues.length,
      pageCount: Math.ceil(queues.length / size),
      selfUri: `/api/v2/routing/queues?pageSize=${size}&pageNumber=${page}`,
    });
  }

  private users(query: URLSearchParams): ServiceAnswer {
    const found = query.getAll("id").flatMap((id) => this.organisation.users.get(id) ?? []);
    return json(200, { entities: found, pageSize: 25, pageNumber: 1, total: found.length, pageCount: 1 });
  }

  private topics(): ServiceAnswer {
    const entities = topicNames.map((name) => ({
      id: `v2.detail.events.conversation.{id}.${name}`,
      transports,
      visibility: "Public",
    }));
    return json(200, { entities });
  }
}
