import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type * as t from "io-ts";
import type { GenesysError } from "../../domain/genesys-error.ts";
import type { GenesysHosts } from "../../domain/genesys-region.ts";
import type { Clock } from "../../ports/clock.ts";
import { describeError } from "../aws-error.ts";
import {
  type AccessToken,
  type GenesysCredentials,
  type GenesysFetch,
  networkFetch,
  requestToken,
  tokenError,
} from "./access-token.ts";
import { requestBudget } from "./request-budget.ts";
import { decodeAnswer, errorOf } from "./response.ts";

export interface GenesysClientOptions {
  readonly hosts: GenesysHosts;
  /** Reads the credentials anew; asked for once, and again when Genesys refuses them. */
  readonly credentials: () => Promise<GenesysCredentials>;
  /** This container's share of the application's 3,000 requests a minute, at most a token's 300. */
  readonly requestsPerMinute: number;
  readonly clock: Clock;
  readonly fetch?: GenesysFetch;
}

export interface GenesysClient {
  readonly get: <A>(path: string, codec: t.Type<A, unknown, unknown>) => TaskEither<GenesysError, A>;
}

const timeoutSeconds = 10;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const unavailable = (error: unknown): GenesysError => ({
  _tag: "GenesysUnavailable",
  reason: describeError(error).reason,
});

const fetchText = async (fetch: GenesysFetch, url: string, token: string): Promise<Answer> => {
  // Not AbortSignal.timeout: its timer is not the process's own, which a local run puts its clock over.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutSeconds} s`)), timeoutSeconds * 1000);
  try {
    const response = await fetch(url, {
      method: "GET",
      headers: { authorization: `Bearer ${token}` },
      body: undefined,
      redirect: "manual",
      signal: abort.signal,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
};

/** A client with one token a container, renewed early and once on a 401, that stays within its request budget. */
export const genesysClient = ({
  hosts,
  credentials,
  requestsPerMinute,
  clock,
  fetch = networkFetch,
}: GenesysClientOptions): GenesysClient => {
  const budget = requestBudget(requestsPerMinute);
  let token: AccessToken | undefined;

  const renew = async (): Promise<E.Either<GenesysError, AccessToken>> => {
    try {
      token = await requestToken(hosts.login, await credentials(), clock.now(), { timeoutSeconds, fetch });
      return E.right(token);
    } catch (error) {
      const failure = tokenError(error);
      if (failure._tag === "GenesysRateLimited") budget.holdFor(failure.retryAfterSeconds, clock.now());
      return E.left(failure);
    }
  };

  const currentToken = async (): Promise<E.Either<GenesysError, AccessToken>> =>
    token !== undefined && clock.now() < token.renewAt ? E.right(token) : renew();

  const ask = async (path: string): Promise<E.Either<GenesysError, Answer>> => {
    const wait = budget.take(clock.now());
    if (wait > 0) return E.left({ _tag: "GenesysRateLimited", retryAfterSeconds: wait });
    const access = await currentToken();
    if (E.isLeft(access)) return access;
    try {
      const answer = await fetchText(fetch, `${hosts.api}${path}`, access.right.value);
      budget.learn(answer.headers, clock.now());
      return E.right(answer);
    } catch (error) {
      return E.left(unavailable(error));
    }
  };

  /** A token can die early (idle time-out, revoked): once, a 401 is answered with a new one. */
  const askAgainAfter401 = async (path: string): Promise<E.Either<GenesysError, Answer>> => {
    const first = await ask(path);
    if (E.isLeft(first) || first.right.status !== 401) return first;
    token = undefined;
    return ask(path);
  };

  return {
    get: (path, codec) => async () => {
      const answer = await askAgainAfter401(path);
      if (E.isLeft(answer)) return answer;
      const { status, headers, text } = answer.right;
      if (status >= 200 && status < 300) return decodeAnswer(codec, text);
      const error = errorOf(status, headers, text);
      if (error._tag === "GenesysRateLimited") budget.holdFor(error.retryAfterSeconds, clock.now());
      return E.left(error);
    },
  };
};
