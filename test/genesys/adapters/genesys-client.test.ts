import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import type { GenesysFetch } from "../../../src/genesys/adapters/exchange.ts";
import { genesysClient } from "../../../src/genesys/adapters/genesys-client.ts";
import { receivedAt } from "../../support/builders.ts";

interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
/** What a request is answered; `break` ends its connection without an answer. */
type Answers = (path: string, nth: number) => Said | "break";

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Said => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const token = json(200, { access_token: "token", token_type: "Bearer", expires_in: 86_399, scope: null });
const fine = json(200, { fine: true });

const options = (base: string) => ({
  hosts: { login: base, api: base },
  credentials: async () => ({ clientId: "id", clientSecret: "secret" }),
  requestsPerMinute: 10,
  clock: {
    now: () => receivedAt,
    sleep: () => async () => undefined,
  },
});

/** Asks once, over HTTP, a server that answers as told; `host` stands for its address in the result. */
const ask = async (answers: Answers, requestsPerMinute = 10) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers(path, asked.filter((each) => each === path).length - 1);
    if (answer === "break") {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const client = genesysClient({ ...options(`http://${host}`), requestsPerMinute });
    const answer = await client.get("/api", t.type({ fine: t.boolean }))();
    return { answer: JSON.parse(JSON.stringify(answer).replaceAll(host, "host")), asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const atToken =
  (answer: Said | "break"): Answers =>
  (path) =>
    path === "/oauth/token" ? answer : fine;
const atApi =
  (answer: Said | "break"): Answers =>
  (path) =>
    path === "/oauth/token" ? token : answer;

const unavailable = (reason: string) => E.left({ _tag: "GenesysUnavailable", reason });
const refused = (status: number, code: string, message = "") =>
  E.left({ _tag: "GenesysRefused", status, code, message });
const aboutRequest = (status: number, code: string) =>
  E.left({ _tag: "GenesysRefused", status, code, message: "", isAboutRequest: true });
const limited = (retryAfterSeconds: number) => E.left({ _tag: "GenesysRateLimited", retryAfterSeconds });
const inSeconds = (seconds: number) => new Date(receivedAt + seconds * 1000).toUTCString();

describe("the client of Genesys", () => {
  it.each<[string, Answers, unknown]>([
    ["503 of the API", atApi(json(503, {})), unavailable("host answered 503")],
    ["408 of the API", atApi(json(408, { code: "request.timeout" })), unavailable("host answered 408")],
    [
      "a redirect",
      atApi({ status: 302, headers: { location: "https://login.example.com/x?secret=1" }, body: "" }),
      unavailable("host answered 302, a redirect to login.example.com"),
    ],
    [
      "a redirect to something hostile",
      atApi({ status: 301, headers: { location: 'https://a"<b>/' }, body: "" }),
      unavailable("host answered 301, a redirect"),
    ],
    [
      "a maintenance page",
      atApi({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" }),
      unavailable("host answered 200 with HTML instead of JSON"),
    ],
    [
      "a 502 of a proxy",
      atApi({ status: 502, headers: { "content-type": "text/html" }, body: "<html>" }),
      unavailable("host answered 502 with HTML instead of JSON"),
    ],
    ["an empty body", atApi({ status: 200, body: "" }), unavailable("host answered 200 with an empty body")],
    ["a 403", atApi(json(403, { code: "no", message: "m".repeat(900) })), refused(403, "no", "m".repeat(300))],
    ["a 403 with nulls", atApi(json(403, { code: null, message: null })), refused(403, "unknown")],
    ["429 with seconds", atApi(json(429, {}, { "retry-after": "45" })), limited(45)],
    ["429 with a date", atApi(json(429, {}, { "retry-after": inSeconds(40) })), limited(40)],
    ["429 with a date that is over", atApi(json(429, {}, { "retry-after": inSeconds(-40) })), limited(3)],
    ["429 in words", atApi(json(429, { message: "Retry the request in [47] seconds" })), limited(47)],
    ["429 with nothing", atApi(json(429, {})), limited(3)],
    ["429 with a year", atApi(json(429, {}, { "retry-after": "31536000" })), limited(3600)],
    [
      "a token end that refuses with a challenge",
      atToken(json(401, { error_description: "bad" }, { "www-authenticate": "Basic realm=x" })),
      refused(401, "invalid_client", "bad"),
    ],
    [
      "a token end that refuses as Genesys does",
      atToken(json(400, { error: "invalid_client", error_description: "client not found" })),
      refused(400, "invalid_client", "client not found"),
    ],
    [
      "a token end that refuses in HTML",
      atToken({ status: 403, body: "<html>" }),
      unavailable("host/oauth/token answered 403 with HTML instead of JSON"),
    ],
    ["a 400 of the API", atApi(json(400, { code: "bad" })), aboutRequest(400, "bad")],
    ["a URL that is too long", atApi({ status: 414, body: "<html>" }), aboutRequest(414, "unknown")],
    [
      "a 400 of a proxy",
      atApi({ status: 400, headers: { "content-type": "text/html" }, body: "<html>" }),
      unavailable("host answered 400 with HTML instead of JSON"),
    ],
    [
      "a 407 of a proxy",
      atApi({ status: 407, body: "" }),
      unavailable("no answer that fetch() takes, such as a proxy's 407 (host)"),
    ],
    [
      "a token end that redirects",
      atToken({ status: 302, headers: { location: "https://sso.example.com" }, body: "" }),
      unavailable("host/oauth/token answered 302, a redirect to sso.example.com"),
    ],
    [
      "a token end with a maintenance page",
      atToken({ status: 200, headers: { "content-type": "text/html" }, body: "<html>" }),
      unavailable("host/oauth/token answered 200 with HTML instead of JSON"),
    ],
    ["a token end with 503", atToken(json(503, {})), unavailable("host/oauth/token answered 503")],
    ["a token end with 408", atToken(json(408, {})), unavailable("host/oauth/token answered 408")],
    ["a token end with 429", atToken(json(429, {}, { "retry-after": "7" })), limited(7)],
    [
      "a token without its text",
      atToken(json(200, { access_token: null, token_type: "bearer" })),
      E.left({ _tag: "GenesysUnreadable", reason: "Token: access_token" }),
    ],
  ])("tells %s as what it is", async (_, answers, expected) => {
    const { answer } = await ask(answers);
    expect(answer).toStrictEqual(JSON.parse(JSON.stringify(expected)));
  });

  it("says that fetch itself refuses a port", async () => {
    const client = genesysClient(options("http://127.0.0.1:9"));
    const reason = "connection refused by fetch() itself: 127.0.0.1:9 has a port that it never asks";
    expect(await client.get("/api", t.unknown)()).toStrictEqual(E.left({ _tag: "GenesysUnavailable", reason }));
  });

  it("shows nothing of a token that can be no header", async () => {
    const { answer } = await ask(atToken(json(200, { access_token: "sec\nret", token_type: "bearer" })));
    expect(answer).toStrictEqual(E.left({ _tag: "GenesysUnreadable", reason: "Token: access_token" }));
  });

  it("asks once more, at once, when a connection broke: for an answer and for a token", async () => {
    const { answer, asked } = await ask((path, nth) => {
      if (nth === 0) return "break";
      return path === "/oauth/token" ? token : fine;
    });
    expect([answer, asked]).toStrictEqual([E.right({ fine: true }), ["/oauth/token", "/oauth/token", "/api", "/api"]]);
  });

  it("asks no third time, and no second time without a request in its budget", async () => {
    const twice = await ask(atApi("break"));
    expect(twice.answer.left.reason).toMatch(/^connection broken by host \((ECONNRESET|UND_ERR_SOCKET)\)$/);
    expect(twice.asked).toStrictEqual(["/oauth/token", "/api", "/api"]);
    expect((await ask(atApi("break"), 1)).asked).toStrictEqual(["/oauth/token", "/api"]);
  });

  const failing = (code: string): GenesysFetch => {
    const cause = Object.assign(new Error("x"), { code });
    return () => Promise.reject(Object.assign(new TypeError("fetch failed"), { cause }));
  };

  it.each([
    ["ENOTFOUND", "host not found: api.example:443 (ENOTFOUND)"],
    ["CERT_HAS_EXPIRED", "certificate expired: api.example:443 (CERT_HAS_EXPIRED)"],
    ["ECONNREFUSED", "connection refused by api.example:443 (ECONNREFUSED)"],
    ["SOMETHING_NEW", "x (api.example:443)"],
  ])("names the cause of fetch's %s and the host", async (code, reason) => {
    const client = genesysClient({ ...options("https://api.example"), fetch: failing(code) });
    expect(await client.get("/api", t.unknown)()).toStrictEqual(E.left({ _tag: "GenesysUnavailable", reason }));
  });
});
