import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import type { GenesysError } from "../../domain/genesys-error.ts";
import { parseJson } from "../../domain/parse-json.ts";

/** What the vendor's SDKs wait when a 429 does not say how long. */
const defaultRetryAfterSeconds = 3;

/** `Retry-After` is always whole seconds (vendor's Terraform provider, util_retries.go). */
export const retryAfterSeconds = (headers: Headers): number => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : defaultRetryAfterSeconds;
};

const ErrorBody = t.partial({ code: t.string, message: t.string, contextId: t.string }, "ErrorBody");

/** The closed error of an answer that is not a 2xx, with the vendor's own code, message and contextId. */
export const errorOf = (status: number, headers: Headers, text: string): GenesysError => {
  if (status === 429) return { _tag: "GenesysRateLimited", retryAfterSeconds: retryAfterSeconds(headers) };
  if (status >= 500) return { _tag: "GenesysUnavailable", reason: `status ${status}` };
  const decoded = ErrorBody.decode(parseJson(text));
  const body = E.isRight(decoded) ? decoded.right : {};
  return {
    _tag: "GenesysRefused",
    status,
    code: body.code ?? "unknown",
    message: body.message ?? "",
    contextId: body.contextId ?? headers.get("inin-correlation-id") ?? undefined,
  };
};

const pathOf = ({ context }: t.ValidationError): string =>
  context
    .filter(({ key }, index) => key !== "" && !(context[index - 1]?.type instanceof t.IntersectionType))
    .map(({ key }) => key)
    .join(".");

/** Decodes an answer; the error names each field that is not as documented, and never its value. */
export const decodeAnswer = <A>(codec: t.Type<A, unknown, unknown>, text: string): E.Either<GenesysError, A> => {
  const decoded = codec.decode(parseJson(text));
  if (E.isRight(decoded)) return decoded;
  const fields = [...new Set(decoded.left.map(pathOf))].join(", ");
  return E.left({ _tag: "GenesysUnreadable", reason: `${codec.name}: ${fields === "" ? "not an object" : fields}` });
};
