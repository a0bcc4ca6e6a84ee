import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Dev, floodgate, startDev } from "../../support/floodgate.ts";
import { newFolder } from "../../support/local-run.ts";

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly found: string;
  readonly advice?: string;
}

const examine = async (outputs: string) => {
  const ended = await floodgate("doctor", "--json", "--outputs", outputs);
  const findings: ReadonlyArray<Finding> = JSON.parse(ended.stdout).findings;
  return { code: ended.code, findings, of: (check: string) => findings.find((each) => each.check === check) };
};

/** The outputs of a stack like that of a running dev, with some changed, in a file of their own. */
const changedOutputs = (outputs: string, change: (text: string) => string): string => {
  const file = `${newFolder()}.json`;
  writeFileSync(file, change(readFileSync(outputs, "utf8")));
  return file;
};

// A story on one running stack: its scenes follow each other, whatever order is asked for.
describe("floodgate doctor and map refresh", { shuffle: false }, () => {
  let dev: Dev;
  beforeAll(async () => {
    dev = await startDev(newFolder());
  });
  afterAll(() => dev.stop());

  const withOutage = async <A>(outage: string, act: (outputs: string) => Promise<A>): Promise<A> => {
    const sick = await startDev(newFolder(), "--outage", outage);
    try {
      return await act(sick.outputs);
    } finally {
      await sick.stop();
    }
  };

  it("find a healthy stack in order once its map was refreshed, and not before", async () => {
    const before = await examine(dev.outputs);
    expect([before.code, before.findings.map(({ verdict }) => verdict)]).toStrictEqual([
      1,
      ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "problem"],
    ]);
    expect(before.of("queue priority map")?.advice).toBe("npx floodgate map refresh");
    expect((await floodgate("map", "refresh", "--outputs", dev.outputs)).code).toBe(0);
    const text = await floodgate("doctor", "--outputs", dev.outputs);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain("ok       Genesys permission          routing:queue:view; 200 queues in sight");
    expect(text.stdout).toContain("Everything is as it should be.");
  });

  it("name topics that the organisation does not offer, and a source that is associated", async () => {
    const outputs = changedOutputs(dev.outputs, (text) =>
      JSON.stringify({
        ...JSON.parse(text),
        topics: ["v2.detail.events.conversation.{id}.acd.start", "routing.queued"],
        eventSourceName: "aws.partner/genesys.com/cloud/org/suffix",
      }),
    );
    const { code, of } = await examine(outputs);
    expect([code, of("topics")?.found, of("event source")?.verdict]).toStrictEqual([
      1,
      "not offered on the EventBridge transport: routing.queued",
      "ok",
    ]);
  });

  it("say what to do when Genesys is stopped", async () => {
    await withOutage("genesys-down", async (outputs) => {
      const { code, of } = await examine(outputs);
      expect([code, of("Genesys credentials")?.verdict, of("topics")?.verdict]).toStrictEqual([
        1,
        "problem",
        "skipped",
      ]);
      expect(of("Genesys credentials")?.advice).toContain("https://status.mypurecloud.com");
      const refresh = await floodgate("map", "refresh", "--outputs", outputs);
      expect([refresh.code, refresh.stdout]).toStrictEqual([1, ""]);
      expect(refresh.stderr).toMatch(
        /^The refresh failed in GenesysTooSlow \(GenesysTooSlow\): 127\.0\.0\.1:\d+\/oauth\/token answered 503\n/,
      );
      expect(refresh.stderr).toContain("The schedule tries again");
    });
  });

  it("say what to do when the OAuth client lacks its permission", async () => {
    await withOutage("genesys-forbidden", async (outputs) => {
      const { of } = await examine(outputs);
      expect([of("Genesys credentials")?.verdict, of("Genesys permission")?.advice]).toStrictEqual([
        "ok",
        "Give the OAuth client a role with routing:queue:view, in every division whose queues matter.",
      ]);
      const refresh = await floodgate("map", "refresh", "--json", "--outputs", outputs);
      expect([refresh.code, JSON.parse(refresh.stdout)]).toMatchObject([
        1,
        { status: "FAILED", error: "GenesysRefused", state: "RefusedByGenesys", queues: 0 },
      ]);
      expect(JSON.parse(refresh.stdout).cause).toContain("403 missing.any.permissions");
    });
  });

  it("say what to do when the person lacks permissions in AWS", async () => {
    await withOutage("commands-denied", async (outputs) => {
      const { code, of } = await examine(outputs);
      expect([code, of("AWS credentials and region")?.verdict, of("AWS permissions")?.verdict]).toStrictEqual([
        1,
        "ok",
        "problem",
      ]);
      expect(of("AWS permissions")?.found).toContain(
        "dynamodb:DescribeTable on queue-priorities (a permission is missing",
      );
      const refresh = await floodgate("map", "refresh", "--outputs", outputs);
      expect([refresh.code, refresh.stderr]).toStrictEqual([
        1,
        "floodgate: a permission is missing in AWS: the table queue-priorities cannot be read: AccessDeniedException: " +
          "User: arn:aws:iam::123456789012:user/you is not authorized to perform: dynamodb.GetItem\n" +
          "  -> Add the action that AWS names to the role or user that you are signed in as.\n",
      ]);
    });
  });

  it("say what to do when the client id or secret is wrong", async () => {
    const sick = await startDev(newFolder(), "--genesys", `${dev.endpoint}/genesys`);
    const { of } = await examine(sick.outputs);
    const refresh = await floodgate("map", "refresh", "--outputs", sick.outputs);
    await sick.stop();
    expect(of("Genesys credentials")?.found).toBe("Genesys refuses the client id or secret (400 invalid_client)");
    expect(of("Genesys credentials")?.advice).toContain("Admin > Integrations > OAuth");
    expect([refresh.code, refresh.stdout]).toStrictEqual([1, ""]);
    expect(refresh.stderr).toContain(
      "The refresh failed in RefusedByGenesys (GenesysRefused): Genesys answered 400 invalid_client",
    );
    expect(refresh.stderr).toContain("The published map is as it was.");
  });

  it("say what to do about a region that does not exist", async () => {
    const outputs = changedOutputs(dev.outputs, (text) => {
      const { endpoint, genesysUrl, ...others } = JSON.parse(text);
      return JSON.stringify(others).replaceAll("eu-central-1", "eu-nowhere-9");
    });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const { code, findings } = await examine(outputs);
    const refresh = await floodgate("map", "refresh", "--outputs", outputs);
    vi.unstubAllEnvs();
    expect([code, findings.map(({ check }) => check)]).toStrictEqual([1, ["AWS credentials and region"]]);
    expect(findings[0]?.found).toContain("eu-nowhere-9: there is no AWS endpoint of that name");
    expect([refresh.code, refresh.stderr.includes("Check the region (aws:region")]).toStrictEqual([1, true]);
  });

  it.each(["doctor", "map refresh"])(
    "say of a stack that does not exist how to find the others: %s",
    async (command) => {
      const ended = await floodgate(...command.split(" "), "--stack", "nowhere");
      expect([ended.code, ended.stdout]).toStrictEqual([1, ""]);
      expect(ended.stderr).toContain("floodgate: pulumi knows no outputs of the stack nowhere");
      expect(ended.stderr).toContain("`npx pulumi stack ls` lists the stacks");
    },
  );
});
