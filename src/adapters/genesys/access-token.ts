import * as t from "io-ts";
import * as openid from "openid-client";
import type { GenesysError } from "../../domain/genesys-error.ts";
import type { Instant } from "../../domain/instant.ts";
import { describeError } from "../aws-error.ts";
import { retryAfterSeconds } from "./response.ts";

/** An OAuth client of the organisation (client credentials grant). */
export const GenesysCredentials = t.strict({ clientId: t.string, clientSecret: t.string }, "GenesysCredentials");
/** What the secret of the credentials has to hold, in words. */
export const credentialsForm = 'the OAuth client: {"clientId": "...", "clientSecret": "..."}';
export type GenesysCredentials = t.TypeOf<typeof GenesysCredentials>;

export interface AccessToken {
  readonly value: string;
  /** Well before it expires. */
  readonly renewAt: Instant;
}

/** A token is renewed this long before it expires; organisations under HIPAA let idle ones die after 15 minutes. */
const renewBefore = 10 * 60 * 1000;

const defaultLifetimeSeconds = 86_400;

/**
 * Raw Basic authentication, as the vendor's SDKs send it: openid-client's own percent-encodes the dashes of every
 * Genesys client id.
 */
const rawBasic =
  ({ clientId, clientSecret }: GenesysCredentials): openid.ClientAuth =>
  (_server, _client, _body, headers) => {
    headers.set("authorization", `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`);
  };

const isLoopback = (url: string): boolean => new URL(url).hostname === "127.0.0.1";

/** How requests leave the process; a simulation answers them itself. */
export type GenesysFetch = openid.CustomFetch;

export const networkFetch: GenesysFetch = (url, { method, headers, body, signal }) =>
  fetch(url, { method, headers, body: body ?? null, signal: signal ?? null });

interface TokenOptions {
  readonly timeoutSeconds: number;
  readonly fetch: GenesysFetch;
}

const configurationOf = (login: string, credentials: GenesysCredentials, { timeoutSeconds, fetch }: TokenOptions) => {
  const server = { issuer: login, token_endpoint: `${login}/oauth/token` };
  const configuration = new openid.Configuration(server, credentials.clientId, {}, rawBasic(credentials));
  configuration.timeout = timeoutSeconds;
  configuration[openid.customFetch] = fetch;
  if (isLoopback(login)) openid.allowInsecureRequests(configuration);
  return configuration;
};

const statusOf = (error: unknown): Response | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Response ? cause : undefined;
};

/** openid-client reports 429 and 5xx as a ClientError with the response as its cause; 4xx with an OAuth error body. */
export const tokenError = (error: unknown): GenesysError => {
  const isOAuthError = error instanceof openid.ResponseBodyError;
  const response = isOAuthError ? error.response : statusOf(error);
  const { reason } = describeError(error);
  if (response?.status === 429) {
    return { _tag: "GenesysRateLimited", retryAfterSeconds: retryAfterSeconds(response.headers) };
  }
  if (isOAuthError) {
    return {
      _tag: "GenesysRefused",
      status: error.status,
      code: error.error,
      message: error.error_description ?? "",
      contextId: undefined,
    };
  }
  if (response === undefined) return { _tag: "GenesysUnavailable", reason };
  if (response.status >= 500) return { _tag: "GenesysUnavailable", reason: `oauth/token answered ${response.status}` };
  return { _tag: "GenesysRefused", status: response.status, code: "oauth", message: reason, contextId: undefined };
};

/** Asks for a token; rejects with what openid-client throws, see `tokenError`. */
export const requestToken = async (
  login: string,
  credentials: GenesysCredentials,
  now: Instant,
  options: TokenOptions,
): Promise<AccessToken> => {
  const answer = await openid.clientCredentialsGrant(configurationOf(login, credentials, options));
  const lifetime = (answer.expiresIn() ?? defaultLifetimeSeconds) * 1000;
  // An organisation may let its tokens live for five minutes only.
  return { value: answer.access_token, renewAt: now + lifetime - Math.min(renewBefore, lifetime / 2) };
};
