import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import * as openid from "openid-client";
import { hostOf } from "../../aws/adapters/connection-fault.ts";
import { parseJson } from "../../text/parse-json.ts";
import type { Instant } from "../../time/instant.ts";
import type { GenesysError } from "../genesys-error.ts";
import { type Answer, againIfBroken, type GenesysFetch, timeoutSeconds, toAnswer, whyNoAnswer } from "./exchange.ts";
import { decodeAnswer, errorOf } from "./response.ts";

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

const isLifetime = (value: unknown): boolean => Number.isFinite(Number(value)) && Number(value) > 0;

/**
 * A grant as openid-client takes it: of its members those that are used, because the library refuses a good token for a scope,
 * or another member that nobody reads, of another type.
 */
const presentedToLibrary = ({ status, headers, text }: Answer): Response => {
  const parsed = parseJson(text);
  if (status < 200 || status >= 300 || !t.UnknownRecord.is(parsed)) {
    return new Response(text === "" ? null : text, { status, headers });
  }
  const { access_token, token_type, expires_in } = parsed;
  const used = { access_token, token_type, ...(isLifetime(expires_in) ? { expires_in: Number(expires_in) } : {}) };
  return Response.json(used, { status: 200 });
};

/** What openid-client needs of the token end, and what that last answered. */
const tokenEnd = (login: string, credentials: GenesysCredentials, fetch: GenesysFetch) => {
  const end: { answer: Answer | undefined } = { answer: undefined };
  const server = { issuer: login, token_endpoint: `${login}/oauth/token` };
  const configuration = new openid.Configuration(server, credentials.clientId, {}, rawBasic(credentials));
  configuration.timeout = timeoutSeconds;
  configuration[openid.customFetch] = async (url, options) => {
    end.answer = await againIfBroken(
      async () => toAnswer(await fetch(url, options)),
      () => true,
    );
    return presentedToLibrary(end.answer);
  };
  if (isLoopback(login)) openid.allowInsecureRequests(configuration);
  return { configuration, end };
};

const OAuthError = t.partial({ error: t.unknown, error_description: t.unknown }, "OAuthError");

const Token = t.type({ access_token: t.string, token_type: t.string }, "Token");

const shown = (value: unknown): string | undefined => (typeof value === "string" ? value.slice(0, 300) : undefined);

const unusable: GenesysError = { _tag: "GenesysUnreadable", reason: "Token: access_token" };

/** The closed error of a token end that gave no token. A 401 is a refusal of the client (RFC 6749, section 5.2). */
const refusalOf = (login: string, answer: Answer, now: Instant): GenesysError => {
  const host = `${hostOf(login)}/oauth/token`;
  if (answer.status >= 200 && answer.status < 300) {
    const decoded = decodeAnswer(host, Token, answer);
    return E.isLeft(decoded) ? decoded.left : { _tag: "GenesysUnreadable", reason: "Token: token_type is not Bearer" };
  }
  const error = errorOf(host, answer, now);
  if (error._tag !== "GenesysRefused") return error;
  const decoded = OAuthError.decode(parseJson(answer.text));
  const body = E.isRight(decoded) ? decoded.right : {};
  return {
    ...error,
    code: shown(body.error) ?? (answer.status === 401 ? "invalid_client" : "oauth"),
    message: shown(body.error_description) ?? "",
  };
};

/** Asks for a token. */
export const requestToken = async (
  login: string,
  credentials: GenesysCredentials,
  now: Instant,
  fetch: GenesysFetch,
): Promise<E.Either<GenesysError, AccessToken>> => {
  const { configuration, end } = tokenEnd(login, credentials, fetch);
  try {
    const granted = await openid.clientCredentialsGrant(configuration);
    // It becomes a header, and the error about one that cannot would show it.
    if (!/^[\x21-\x7e]+$/.test(granted.access_token)) return E.left(unusable);
    // As it was granted: what the library says is left of it goes by the machine's clock, and not by ours.
    const lifetime = (granted.expires_in ?? defaultLifetimeSeconds) * 1000;
    // An organisation may let its tokens live for five minutes only.
    return E.right({ value: granted.access_token, renewAt: now + lifetime - Math.min(renewBefore, lifetime / 2) });
  } catch (error) {
    const { answer } = end;
    return E.left(
      answer === undefined
        ? { _tag: "GenesysUnavailable", reason: whyNoAnswer(login, error) }
        : refusalOf(login, answer, now),
    );
  }
};
