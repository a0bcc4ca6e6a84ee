import { request } from "node:http";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientOf, type Dev, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

let dev: Dev;
beforeAll(async () => {
  dev = await startDev(newFolder());
});
afterAll(() => dev.stop());

/** The status of a request with headers that a browser would not let a page set, or would set by itself. */
const statusOf = (path: string, method: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(dev.endpoint);
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
      answer.destroy();
    });
    asked.once("error", reject);
    asked.end();
  });

const paths = [
  ["GET", "/_floodgate/"],
  ["GET", "/_floodgate/events"],
  ["POST", "/_floodgate/outages"],
  ["GET", "/floodgate-events/type=other/x"],
  ["POST", "/genesys/oauth/token"],
  ["POST", "/"],
] as const;

const own = () => new URL(dev.endpoint).host;

describe("the gateway of floodgate dev", () => {
  it.each(["evil.test", "evil.test:PORT", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.test:PORT"])(
    "refuses every path to the host %j",
    async (host) => {
      const named = host.replace("PORT", new URL(dev.endpoint).port);
      const statuses = await Promise.all(paths.map(([method, path]) => statusOf(path, method, { host: named })));
      expect(statuses).toStrictEqual(paths.map(() => 403));
    },
  );

  it.each(["http://evil.test", "null", "http://127.0.0.1", "https://HOST"])(
    "refuses every path to a page of %s",
    async (origin) => {
      const headers = { host: own(), origin: origin.replace("HOST", own()) };
      const statuses = await Promise.all(paths.map(([method, path]) => statusOf(path, method, headers)));
      expect(statuses).toStrictEqual(paths.map(() => 403));
    },
  );

  it.each(["cross-site", "same-site"])("refuses every path to what a page of a %s site embeds", async (site) => {
    const headers = { host: own(), "sec-fetch-site": site };
    const statuses = await Promise.all(paths.map(([method, path]) => statusOf(path, method, headers)));
    expect(statuses).toStrictEqual(paths.map(() => 403));
  });

  it("answers its own page, and a service only to the access key of the run", async () => {
    expect(await statusOf("/_floodgate/", "GET", { host: own(), origin: `http://${own()}` })).toBe(200);
    expect(await statusOf("/_floodgate/", "GET", { host: own().replace("127.0.0.1", "localhost") })).toBe(200);
    const ask = (accessKey: string) =>
      new SecretsManagerClient({ ...clientOf({ ...dev, accessKey }), maxAttempts: 1 }).send(
        new GetSecretValueCommand({ SecretId: "genesys-client" }),
      );
    await expect(ask("test")).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    await expect(ask("")).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    expect((await ask(dev.accessKey)).SecretString).toContain("clientSecret");
    const s3 = new S3Client({ ...clientOf({ ...dev, accessKey: "process-batch-1" }), maxAttempts: 1 });
    await expect(s3.send(new GetObjectCommand({ Bucket: "floodgate-events", Key: "x" }))).rejects.toMatchObject({
      name: "InvalidAccessKeyId",
    });
  });

  it("keeps objects within the folder of their bucket, whatever bucket and key are called", async () => {
    const s3 = new S3Client({ ...clientOf(dev), forcePathStyle: true, maxAttempts: 1 });
    for (const Bucket of ["..", "%2e%2e", ".a.", "a..b", "UPPER"]) {
      await expect(s3.send(new PutObjectCommand({ Bucket, Key: "escaped.txt", Body: "x" }))).rejects.toThrow();
      await expect(s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toThrow();
    }
    const raw = async (path: string) => {
      const headers = { host: own(), authorization: `AWS4-HMAC-SHA256 Credential=you.${dev.accessKey}/x` };
      return statusOf(path, "PUT", headers);
    };
    expect([await raw("/../escaped.txt"), await raw("/floodgate-events/%2e%2e/%2e%2e/escaped.txt")]).toStrictEqual([
      400, 400,
    ]);
  });
});
