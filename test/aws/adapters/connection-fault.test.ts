import { describe, expect, it } from "vitest";
import { describeError, unavailable } from "../../../src/aws/adapters/aws-error.ts";
import { connectionFault, hostOf, isBroken } from "../../../src/aws/adapters/connection-fault.ts";

const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error("internal words"), { code, ...more });
const wrapped = (cause: unknown, times = 1): Error =>
  Array.from({ length: times }).reduce<Error>((inner) => new Error("fetch failed", { cause: inner }), cause as Error);

describe("connectionFault", () => {
  it.each([
    ["ECONNREFUSED", "connection refused by the host (ECONNREFUSED)"],
    ["ECONNRESET", "connection broken by the host (ECONNRESET)"],
    ["EPIPE", "connection broken by the host (EPIPE)"],
    ["UND_ERR_SOCKET", "connection broken by the host (UND_ERR_SOCKET)"],
    ["ENOTFOUND", "host not found: the host (ENOTFOUND)"],
    ["EAI_AGAIN", "host cannot be looked up now: the host (EAI_AGAIN)"],
    ["ETIMEDOUT", "no connection in time to the host (ETIMEDOUT)"],
    ["UND_ERR_CONNECT_TIMEOUT", "no connection in time to the host (UND_ERR_CONNECT_TIMEOUT)"],
    ["UND_ERR_HEADERS_TIMEOUT", "no answer in time from the host (UND_ERR_HEADERS_TIMEOUT)"],
    ["UND_ERR_BODY_TIMEOUT", "no answer in time from the host (UND_ERR_BODY_TIMEOUT)"],
    ["EHOSTUNREACH", "no route to the host (EHOSTUNREACH)"],
    ["ENETUNREACH", "no route to the host (ENETUNREACH)"],
    ["CERT_HAS_EXPIRED", "certificate expired: the host (CERT_HAS_EXPIRED)"],
    ["CERT_NOT_YET_VALID", "certificate not valid yet: the host (CERT_NOT_YET_VALID)"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate is for another name than the host (ERR_TLS_CERT_ALTNAME_INVALID)"],
    [
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "certificate not trusted (signed by itself): the host (DEPTH_ZERO_SELF_SIGNED_CERT)",
    ],
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "certificate not trusted (a proxy that opens TLS?): the host (SELF_SIGNED_CERT_IN_CHAIN)",
    ],
    [
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "certificate not trusted (unknown issuer): the host (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)",
    ],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "certificate not trusted (incomplete chain): the host (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    ],
  ])("of %s is told as: %s", (code, told) => {
    expect(connectionFault(withCode(code))).toBe(told);
  });

  it.each([
    ["nothing of a connection", new Error("x"), undefined],
    ["another code", withCode("ENOENT"), undefined],
    ["no error at all", { code: "ECONNREFUSED" }, undefined],
    ["a cause", wrapped(withCode("EPIPE"), 3), "connection broken by the host (EPIPE)"],
    ["a cause that is too deep", wrapped(withCode("EPIPE"), 9), undefined],
    ["the deepest cause", wrapped(withCode("EPIPE"), 8), "connection broken by the host (EPIPE)"],
    [
      "a cause under another code",
      Object.assign(wrapped(withCode("EPIPE")), { code: "UNKNOWN" }),
      "connection broken by the host (EPIPE)",
    ],
    [
      "several addresses",
      new AggregateError([new Error("x"), withCode("ECONNREFUSED", { address: "::1", port: 443 }), withCode("EPIPE")]),
      "connection refused by ::1:443 (ECONNREFUSED)",
    ],
    ["a host name", withCode("ENOTFOUND", { hostname: "a.example" }), "host not found: a.example (ENOTFOUND)"],
    [
      "a host and a port",
      withCode("ECONNREFUSED", { host: "b.example", address: "10.0.0.1", port: 80 }),
      "connection refused by b.example:80 (ECONNREFUSED)",
    ],
    [
      "a host name before anything else",
      withCode("ECONNREFUSED", { hostname: "c.example", host: "b.example", port: 80 }),
      "connection refused by c.example:80 (ECONNREFUSED)",
    ],
    ["a port alone", withCode("ECONNREFUSED", { port: 80 }), "connection refused by the host (ECONNREFUSED)"],
  ])("of an error with %s", (_, error, told) => {
    expect(connectionFault(error)).toBe(told);
  });

  it("names the host that was asked, where it is known", () => {
    expect(connectionFault(withCode("ENOTFOUND", { hostname: "proxy.example" }), "api.example:443")).toBe(
      "host not found: api.example:443 (ENOTFOUND)",
    );
  });

  it("ends with an error that is its own cause", () => {
    const error = new Error("x");
    error.cause = error;
    expect(connectionFault(error)).toBeUndefined();
  });
});

describe("isBroken", () => {
  it("is true of connections that ended in the middle, and of nothing else", () => {
    const codes = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ECONNREFUSED", "ETIMEDOUT", "ENOENT"];
    expect(codes.map((code) => isBroken(wrapped(withCode(code))))).toStrictEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isBroken("ECONNRESET")).toBe(false);
  });
});

describe("hostOf", () => {
  it("has the port always", () => {
    expect(
      ["https://a.example/x", "http://a.example", "https://a.example:8443/", "http://a.example:1"].map(hostOf),
    ).toStrictEqual(["a.example:443", "a.example:80", "a.example:8443", "a.example:1"]);
  });
});

describe("describeError and unavailable", () => {
  it("tell the name and the message, of a connection what happened, and of anything else what it is", () => {
    const throttled = Object.assign(new Error("Slow down."), { name: "ThrottlingException" });
    expect([throttled, withCode("EPIPE"), "text", undefined].map(describeError)).toStrictEqual([
      { name: "ThrottlingException", reason: "ThrottlingException: Slow down." },
      { name: "Error", reason: "connection broken by the host (EPIPE)" },
      { name: "Unknown", reason: "text" },
      { name: "Unknown", reason: "undefined" },
    ]);
    expect(unavailable("BreakersUnavailable")(throttled)).toStrictEqual({
      _tag: "BreakersUnavailable",
      reason: "ThrottlingException: Slow down.",
    });
  });
});
