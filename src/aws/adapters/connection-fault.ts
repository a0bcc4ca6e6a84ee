import * as t from "io-ts";

/** What Node and undici tell of a connection that failed. */
const ConnectionError = t.intersection([
  t.type({ code: t.string }),
  t.partial({ address: t.string, port: t.number, hostname: t.string, host: t.string }),
]);
type ConnectionError = t.TypeOf<typeof ConnectionError>;

/** By Node's code: what happened, in words before the host. */
const faults: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused by",
  ECONNRESET: "connection broken by",
  EPIPE: "connection broken by",
  UND_ERR_SOCKET: "connection broken by",
  ENOTFOUND: "host not found:",
  EAI_AGAIN: "host cannot be looked up now:",
  ETIMEDOUT: "no connection in time to",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time to",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time from",
  UND_ERR_BODY_TIMEOUT: "no answer in time from",
  EHOSTUNREACH: "no route to",
  ENETUNREACH: "no route to",
  CERT_HAS_EXPIRED: "certificate expired:",
  CERT_NOT_YET_VALID: "certificate not valid yet:",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another name than",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate not trusted (signed by itself):",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate not trusted (a proxy that opens TLS?):",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate not trusted (unknown issuer):",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate not trusted (incomplete chain):",
};

const broken: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Deepest chain of causes that is looked at; an error may be its own cause. */
const deepest = 8;

/** The error of the connection itself, out of what has been wrapped around it. */
const innermost = (error: unknown, depth = 0): ConnectionError | undefined => {
  if (!(error instanceof Error) || depth > deepest) return undefined;
  // Of the addresses of one host that were tried side by side, the first speaks for all.
  const tried: ReadonlyArray<unknown> = error instanceof AggregateError ? error.errors : [];
  for (const each of tried) {
    const found = innermost(each, depth + 1);
    if (found !== undefined) return found;
  }
  if (ConnectionError.is(error) && faults[error.code] !== undefined) return error;
  return innermost(error.cause, depth + 1);
};

const ownHost = ({ hostname, host, address, port }: ConnectionError): string | undefined => {
  const name = hostname ?? host ?? address;
  return name === undefined || port === undefined ? name : `${name}:${port}`;
};

/**
 * What happened to a connection, in words that name the host: "connection refused by
 * api.mypurecloud.de:443 (ECONNREFUSED)". `asked` is
 * the host that was asked, where it is known. Undefined: the error is about something else.
 */
export const connectionFault = (error: unknown, asked?: string): string | undefined => {
  const found = innermost(error);
  if (found === undefined) return undefined;
  return `${faults[found.code]} ${asked ?? ownHost(found) ?? "the host"} (${found.code})`;
};

/**
 * Whether a connection ended before its answer was whole, as one does that was kept alive while a function was frozen. What
 * may be asked twice is asked once more at once.
 */
export const isBroken = (error: unknown): boolean => {
  const found = innermost(error);
  return found !== undefined && broken.has(found.code);
};

/** The host of a URL as messages name it, always with its port. */
export const hostOf = (url: string): string => {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === "" ? (protocol === "http:" ? 80 : 443) : port}`;
};
