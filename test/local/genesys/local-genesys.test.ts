import { describe, expect, it } from "vitest";
import { realClock } from "../../../local/clock.ts";
import { LocalGenesys } from "../../../local/genesys/local-genesys.ts";
import { userId } from "../../../local/genesys/organisation.ts";

const credentials = { clientId: "c11e27ab-0000-4000-8000-000000000001", clientSecret: "s+/=" };
const basic = `Basic ${Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString("base64")}`;

const scene = () => {
  const genesys = new LocalGenesys({ clock: realClock(), credentials });
  const ask = async (path: string, authorization: string) => {
    const request = {
      operation: "",
      caller: "",
      method: "GET",
      path: `/genesys${path}`,
      headers: { authorization },
      body: Buffer.alloc(0),
    };
    const { status, headers, body } = await genesys.handle(request);
    return { status, headers, body: JSON.parse(String(body)) };
  };
  const token = async () => `Bearer ${(await ask("/oauth/token", basic)).body.access_token}`;
  return { genesys, ask, token };
};

describe("the local Genesys", () => {
  it("compares the Basic header byte for byte", async () => {
    const encoded = `Basic ${Buffer.from(`${encodeURIComponent(credentials.clientId).replaceAll("-", "%2D")}:x`).toString("base64")}`;
    const { ask } = scene();
    expect((await ask("/oauth/token", basic)).status).toBe(200);
    expect(await ask("/oauth/token", encoded)).toMatchObject({ status: 400, body: { error: "invalid_client" } });
  });

  it("knows users one by one and in batches, queues by page, and topics with their transports", async () => {
    const { ask, token } = scene();
    const bearer = await token();
    expect((await ask(`/api/v2/users/${userId(3)}`, bearer)).body.name).toBe("Agent 3");
    expect((await ask("/api/v2/users/nobody", bearer)).status).toBe(404);
    const batch = await ask(`/api/v2/users?id=${userId(1)}&id=nobody&id=${userId(2)}`, bearer);
    expect(batch.body.entities.map(({ name }: { name: string }) => name)).toStrictEqual(["Agent 1", "Agent 2"]);
    expect((await ask("/api/v2/routing/queues?pageSize=150&pageNumber=2", bearer)).body).toMatchObject({
      total: 200,
      pageCount: 2,
    });
    expect(
      (await ask("/api/v2/notifications/availabletopics?expand=transports", bearer)).body.entities[0].transports,
    ).toContain("EventBridge");
  });

  it("refuses a token that it did not give, and the 301st request of a minute with the documented 429", async () => {
    const { ask, token } = scene();
    expect((await ask("/api/v2/users", "Bearer x")).body.code).toBe("bad.credentials");
    const bearer = await token();
    for (let request = 0; request < 300; request += 1) expect((await ask("/api/v2/users", bearer)).status).toBe(200);
    const refused = await ask("/api/v2/users", bearer);
    expect([refused.status, refused.body.code]).toStrictEqual([429, "too.many.requests.retry.after"]);
    expect(Number(refused.headers?.["retry-after"])).toBeGreaterThan(0);
  });
});
