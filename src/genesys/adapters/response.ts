import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { parseJson } from "../../text/parse-json.ts";
import type { Instant } from "../../time/instant.ts";
import type { GenesysError } from "../genesys-error.ts";
import { withoutNulls } from "../without-nulls.ts";
import type { Answer } from "./exchange.ts";

/** What the vendor's SDKs wait when a 429 does not say how long. */
const defaultRetryAfterSeconds = 3;

/** A wait that is longer is not believed: no limit of Genesys lasts so long. */
const longestRetryAfterSeconds = 3600;

const secondsIn = (text: string | undefined): number => Number(text?.trim() === "" ? Number.NaN : text);

/**
 * How long a 429 wants us to wait, in whole seconds. `Retry-After` is always seconds from Genesys itself (vendor's Terraform
 * provider, util_retries.go), and may be a date from a proxy; without it, the message has the number in brackets.
 */
export const retryAfterSeconds = (headers: Headers, text: string, now: Instant): number => {
  const header = headers.get("retry-after") ?? undefined;
  const said = secondsIn(header);
  const until = (Date.parse(header ?? "") - now) / 1000;
  const inMessage = secondsIn(/\[(\d{1,6})\] seconds/.exec(text)?.[1]);
  const seconds = [said, until, inMessage].find((each) => Number.isFinite(each) && each > 0);
  return seconds === undefined ? defaultRetryAfterSeconds : Math.min(Math.ceil(seconds), longestRetryAfterSeconds);
};

const ErrorBody = t.partial({ code: t.unknown, message: t.unknown, contextId: t.unknown }, "ErrorBody");

/** Of the vendor's own words as much as a message carries. */
const shown = (value: unknown): string | undefined => (typeof value === "string" ? value.slice(0, 300) : undefined);

/** 408 is Genesys running out of time, as 503 is: the same request may succeed a moment later. */
const isUnavailable = (status: number): boolean => status < 400 || status === 408 || status >= 500;

/** Where a redirect leads, as far as that is a host's name. */
const redirectOf = (headers: Headers): string => {
  const host = /^https?:\/\/([\w.:-]{1,100})(?:[/?#]|$)/i.exec(headers.get("location") ?? "")?.[1];
  return host === undefined ? "a redirect" : `a redirect to ${host}`;
};

const isHtml = (headers: Headers): boolean => /html/i.test(headers.get("content-type") ?? "");

/** What came instead of JSON: a proxy or a maintenance page, not the Platform API. */
const insteadOfJson = (headers: Headers, text: string): string => {
  if (text.trim() === "") return "an empty body";
  return isHtml(headers) || text.trimStart().startsWith("<") ? "HTML instead of JSON" : "something else than JSON";
};

const wordsOf = (status: number, headers: Headers): string => {
  if (status >= 300 && status < 400) return `${status}, ${redirectOf(headers)}`;
  return isHtml(headers) ? `${status} with HTML instead of JSON` : String(status);
};

/** Refusals that mean what they say without the vendor's JSON: of the credentials, and of a URL that is too long. */
const saysEnough: ReadonlySet<number> = new Set([401, 414]);

/** The closed error of an answer of `host` that is not a 2xx, with the vendor's own code, message and contextId. */
export const errorOf = (host: string, { status, headers, text }: Answer, now: Instant): GenesysError => {
  if (status === 429) return { _tag: "GenesysRateLimited", retryAfterSeconds: retryAfterSeconds(headers, text, now) };
  if (isUnavailable(status)) {
    return { _tag: "GenesysUnavailable", reason: `${host} answered ${wordsOf(status, headers)}` };
  }
  const parsed = parseJson(text);
  if (parsed === undefined && !saysEnough.has(status)) {
    return { _tag: "GenesysUnavailable", reason: `${host} answered ${status} with ${insteadOfJson(headers, text)}` };
  }
  const decoded = ErrorBody.decode(parsed);
  const body = E.isRight(decoded) ? decoded.right : {};
  return {
    _tag: "GenesysRefused",
    status,
    code: shown(body.code) ?? "unknown",
    message: shown(body.message) ?? "",
    contextId: shown(body.contextId) ?? headers.get("inin-correlation-id") ?? undefined,
  };
};

const pathOf = ({ context }: t.ValidationError): string =>
  context
    .filter(({ key }, index) => key !== "" && !(context[index - 1]?.type instanceof t.IntersectionType))
    .map(({ key }) => key)
    .join(".");

/** The paths of what is not as documented, each once; never a value. */
export const fieldsOf = (errors: t.Errors): ReadonlyArray<string> => [...new Set(errors.map(pathOf))];

/** Decodes an answer of `host`, in which a null is as good as nothing; the error names fields, and never their values. */
export const decodeAnswer = <A>(
  host: string,
  codec: t.Type<A, unknown, unknown>,
  { headers, text, status }: Answer,
): E.Either<GenesysError, A> => {
  const parsed = parseJson(text);
  if (parsed === undefined) {
    const reason = `${host} answered ${status} with ${insteadOfJson(headers, text)}`;
    return E.left({ _tag: "GenesysUnavailable", reason });
  }
  const decoded = codec.decode(withoutNulls(parsed));
  if (E.isRight(decoded)) return decoded;
  const fields = fieldsOf(decoded.left).join(", ");
  return E.left({ _tag: "GenesysUnreadable", reason: `${codec.name}: ${fields === "" ? "not an object" : fields}` });
};
