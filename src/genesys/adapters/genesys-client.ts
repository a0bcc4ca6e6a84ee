import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type * as t from "io-ts";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { hostOf } from "../../aws/adapters/connection-fault.ts";
import type { Clock } from "../../time/ports.ts";
import type { GenesysError } from "../genesys-error.ts";
import type { GenesysHosts } from "../genesys-region.ts";
import { type AccessToken, type GenesysCredentials, requestToken } from "./access-token.ts";
import { type Answer, type GenesysFetch, getText, networkFetch, whyNoAnswer } from "./exchange.ts";
import { type RequestBudget, requestBudget } from "./request-budget.ts";
import { decodeAnswer, errorOf } from "./response.ts";

interface GenesysClientOptions {
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

/** What a container holds of its connection: a token, renewed early, and its budget of requests. */
interface Connection extends Required<GenesysClientOptions> {
  readonly budget: RequestBudget;
  token: AccessToken | undefined;
}

const readAndRequest = async ({
  hosts,
  credentials,
  clock,
  fetch,
}: Connection): Promise<E.Either<GenesysError, AccessToken>> => {
  try {
    return await requestToken(hosts.login, await credentials(), clock.now(), fetch);
  } catch (error) {
    // The secret: a token end that fails is an error of its own.
    return E.left({ _tag: "GenesysUnavailable", reason: describeError(error).reason });
  }
};

const holdBack = ({ budget, clock }: Connection, error: GenesysError): void => {
  if (error._tag === "GenesysRateLimited") budget.holdFor(error.retryAfterSeconds, clock.now());
};

const currentToken = async (connection: Connection): Promise<E.Either<GenesysError, AccessToken>> => {
  const { token, clock } = connection;
  if (token !== undefined && clock.now() < token.renewAt) return E.right(token);
  const granted = await readAndRequest(connection);
  if (E.isRight(granted)) connection.token = granted.right;
  else holdBack(connection, granted.left);
  return granted;
};

const ask = async (connection: Connection, path: string): Promise<E.Either<GenesysError, Answer>> => {
  const { budget, clock, hosts, fetch } = connection;
  const wait = budget.take(clock.now());
  if (wait > 0) return E.left({ _tag: "GenesysRateLimited", retryAfterSeconds: wait });
  const access = await currentToken(connection);
  if (E.isLeft(access)) return access;
  // The second request of a connection that broke is a request as well.
  const mayAskAgain = (): boolean => budget.take(clock.now()) === 0;
  try {
    const answer = await getText(fetch, `${hosts.api}${path}`, access.right.value, mayAskAgain);
    budget.learn(answer.headers, clock.now());
    return E.right(answer);
  } catch (error) {
    return E.left({ _tag: "GenesysUnavailable", reason: whyNoAnswer(hosts.api, error) });
  }
};

/** A token can die early (idle time-out, revoked): once, a 401 is answered with a new one. */
const askAgainAfter401 = async (connection: Connection, path: string): Promise<E.Either<GenesysError, Answer>> => {
  const first = await ask(connection, path);
  if (E.isLeft(first) || first.right.status !== 401) return first;
  connection.token = undefined;
  return ask(connection, path);
};

const get = async <A>(connection: Connection, path: string, codec: t.Type<A, unknown, unknown>) => {
  const host = hostOf(connection.hosts.api);
  const answer = await askAgainAfter401(connection, path);
  if (E.isLeft(answer)) return answer;
  const { status } = answer.right;
  if (status >= 200 && status < 300) return decodeAnswer(host, codec, answer.right);
  const error = errorOf(host, answer.right, connection.clock.now());
  holdBack(connection, error);
  const isAboutRequest = error._tag === "GenesysRefused" && (error.status === 400 || error.status === 414);
  return E.left(isAboutRequest ? { ...error, isAboutRequest } : error);
};

/** A client with one token a container, renewed early and once on a 401, that stays within its request budget. */
export const genesysClient = (options: GenesysClientOptions): GenesysClient => {
  const budget = requestBudget(options.requestsPerMinute);
  const connection: Connection = { fetch: networkFetch, ...options, budget, token: undefined };
  return { get: (path, codec) => () => get(connection, path, codec) };
};
