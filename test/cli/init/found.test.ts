import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findInGenesys, findPartnerSources, lookIntoGenesys } from "../../../cli/init/found.ts";
import { genesysClient } from "../../../src/genesys/adapters/genesys-client.ts";
import { systemClock } from "../../../src/time/adapters/system-clock.ts";
import { type Dev, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

const prefix = "aws.partner/genesys.com/cloud/0a1b";

describe("what is found in AWS", () => {
  let server: Server;
  let answer: { readonly status: number; readonly body: object };
  const credentials = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      request.once("end", () => {
        response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", `http://127.0.0.1:${port}`);
    for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
  });
  afterAll(() => {
    server.close();
    vi.unstubAllEnvs();
  });

  it("is offered with what waits for a bus first", async () => {
    answer = {
      status: 200,
      body: {
        EventSources: [
          { Name: `${prefix}/old`, State: "ACTIVE" },
          { Name: `${prefix}/new`, State: "PENDING" },
        ],
      },
    };
    expect(await findPartnerSources("eu-central-1", credentials)).toStrictEqual({
      offers: [`${prefix}/new`, `${prefix}/old`],
      told: "2 partner event sources of Genesys in eu-central-1, 1 of them waiting for a bus",
    });
  });

  it("is nothing, with the reason, when AWS refuses", async () => {
    answer = { status: 400, body: { __type: "AccessDeniedException", message: "not authorized" } };
    expect(await findPartnerSources("eu-central-1", credentials)).toStrictEqual({
      offers: [],
      told: "partner event sources cannot be listed: not authorized",
    });
  });

  it("is not looked up without credentials", async () => {
    expect((await findPartnerSources("eu-central-1", {})).told).toContain("no AWS credentials");
    expect((await findInGenesys("mypurecloud.de", {})).told).toContain("no GENESYS_CLIENT_ID");
  });
});

describe("what is found in Genesys", () => {
  let dev: Dev;
  beforeAll(async () => {
    dev = await startDev(newFolder());
  });
  afterAll(() => dev.stop());

  const client = (clientSecret: string) => {
    const url = `${dev.endpoint}/genesys`;
    return genesysClient({
      hosts: { login: url, api: url },
      credentials: async () => ({ clientId: "c11e27ab-0000-4000-8000-000000000001", clientSecret }),
      requestsPerMinute: 10,
      clock: systemClock,
    });
  };

  it("is its topics on EventBridge, and how many queues the client sees", async () => {
    const { offers, told } = await lookIntoGenesys(client("local-secret+/="));
    expect([offers.length > 0, told]).toStrictEqual([
      true,
      `Genesys offers ${offers.length} topics to EventBridge; the OAuth client sees 200 queues`,
    ]);
  });

  it("is nothing, with the kind of reason, for a wrong secret", async () => {
    expect(await lookIntoGenesys(client("wrong"))).toStrictEqual({
      offers: [],
      told: "Genesys' topics cannot be listed: GenesysRefused",
    });
  });

  it("is every topic that is offered to EventBridge, by name or with all transports, and no other", async () => {
    const topic = (id: string, transports: ReadonlyArray<string>) => ({ id, transports });
    const entities = [topic("a", ["All"]), topic("b", ["EventBridge", "Websocket"]), topic("c", ["Websocket"])];
    const answering = genesysClient({
      hosts: { login: "https://login.example", api: "https://api.example" },
      credentials: async () => ({ clientId: "id", clientSecret: "secret" }),
      requestsPerMinute: 10,
      clock: systemClock,
      fetch: async (url) =>
        url.endsWith("/oauth/token")
          ? Response.json({ access_token: "token", token_type: "bearer" })
          : Response.json(url.includes("availabletopics") ? { entities } : { entities: [], total: 0 }),
    });
    expect((await lookIntoGenesys(answering)).offers).toStrictEqual(["a", "b"]);
  });
});
