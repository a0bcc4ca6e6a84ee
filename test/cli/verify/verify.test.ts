import { writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { judge } from "../../../cli/verify/judge.ts";
import { command } from "../../../cli/verify/verify.ts";
import type { Cloud } from "../../../local/cloud.ts";
import type { RunOptions } from "../../../local/run.ts";
import { awsError } from "../../../local/service.ts";
import { eventKeyOf } from "../../../src/event/event-key.ts";
import { newFolder, runLocally, start } from "../../support/local-run.ts";
import { evaluated, organisation } from "../../support/setup/evaluated.ts";

const minute = 60_000;

/** Lets virtual time run until the command has ended; answers its exit code and what it printed. */
const verifyIn = async (cloud: Cloud, outputs: object, args: ReadonlyArray<string>) => {
  const outputsFile = `${newFolder()}.json`;
  const here = { endpoint: cloud.endpoint, accessKey: cloud.gateway.accessKey };
  writeFileSync(outputsFile, JSON.stringify({ ...here, ...outputs }));
  const printed: string[] = [];
  // What handlers log comes by here as well.
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    if (!String(text).includes('"service":')) printed.push(String(text));
    return true;
  });
  let code: number | undefined;
  const ended = command.run(["--outputs", outputsFile, ...args]).then((answer) => {
    code = answer;
  });
  await cloud.clock.runUntil(() => code !== undefined);
  await ended;
  spy.mockRestore();
  return { code, printed: printed.join("") };
};

/** A stack to which nothing happens but the verification. */
const verified = async (
  overrides: ReadonlyArray<string>,
  args: ReadonlyArray<string>,
  given: Partial<RunOptions> = {},
  changed: object = {},
) => {
  const { plan, outputs } = await evaluated(...overrides);
  let answer: Awaited<ReturnType<typeof verifyIn>> | undefined;
  let left: ReadonlyArray<string> = [];
  let deliveries = Number.NaN;
  await runLocally([], {
    plan,
    ...given,
    beforeAudit: async (cloud) => {
      answer = await verifyIn(cloud, { ...outputs, ...changed }, args);
      left = ["type=", "excess=", "failed/"].flatMap((prefix) => cloud.objects.list("floodgate-events", prefix));
      deliveries = (await cloud.tables.scan("deliveries")).length;
    },
  });
  return { ...answer, left, deliveries };
};

describe("floodgate verify", () => {
  it("proves a healthy stack, scene by scene, and leaves nothing behind", async () => {
    const { code, printed, left, deliveries } = await verified([organisation], ["--json"]);
    const { isRight, verdicts } = JSON.parse(printed ?? "");
    expect(verdicts.map(({ scene, found }: { scene: string; found: string }) => `${scene}: ${found}`)).toStrictEqual([
      "plain: 80 delivered",
      "copy: 1 delivered",
      "late: 1 delivered",
      "with a user: 1 delivered",
      "low priority: 1 set aside (lowPriority)",
      "burst above the limit: 5 delivered, 10 set aside (rateLimited)",
      "malformed: 1 parked",
    ]);
    expect([code, isRight, left]).toStrictEqual([0, true, []]);
    // By these a replay of the archive knows the test events again.
    expect(deliveries).toBe(99);
  });

  it("waits for a Firehose that is away for a minute, and counts what the stack drops as dropped", async () => {
    const away = awsError(500, "InternalServerError", "away");
    const { code, printed } = await verified([organisation, 'floodgate:admission={"excess":"drop"}'], [], {
      faults: ({ operation }) =>
        operation === "firehose.PutRecordBatch" && Date.now() < start + minute
          ? { _tag: "Answer", answer: away }
          : undefined,
    });
    expect([code, printed]).toStrictEqual([0, expect.stringContaining("Verified: every event is where it belongs.")]);
    expect(printed).toContain("5 delivered, 10 dropped");
  });

  it("says of a pattern that does not match where the events stop, and fails", async () => {
    const { code, printed, left } = await verified([], ["--seconds", "300"], {}, { sourcePrefix: "elsewhere." });
    expect(printed).toContain("the rule's pattern does not match");
    expect(printed).toMatch(/plain\s+\d+\s+\d+ delivered\s+\d+ nowhere\s+WRONG/);
    // What is wrong stays, to be looked at.
    expect([code, left.length]).toStrictEqual([1, 1]);
  });

  it("puts everything into the buffer where only Genesys may put events onto the bus", async () => {
    const partner = 'floodgate:source={"type":"partner","name":"aws.partner/genesys.com/cloud/organisation/suffix"}';
    const { code, printed, left } = await verified([partner, "floodgate:retainData=false"], ["--json"]);
    const scenes = JSON.parse(printed ?? "").verdicts.map(({ scene }: { scene: string }) => scene);
    expect([code, scenes, left]).toStrictEqual([0, ["plain", "copy", "late", "malformed"], []]);
  });

  it("tries what a stack takes: only queue entries, and a source of its own", async () => {
    const { code, printed } = await verified(
      [
        'floodgate:topics=["v2.detail.events.conversation.{id}.acd.start"]',
        'floodgate:source={"type":"custom","prefixes":["my.test."]}',
      ],
      [],
    );
    expect([code, printed]).toStrictEqual([0, expect.stringContaining("Verified")]);
  });

  it("notices an event that lies there twice", async () => {
    const known = {
      scene: "copy",
      key: eventKeyOf({ _tag: "Message", messageId: "m" }),
      detailType: "x",
      detail: "{}",
    };
    const member = { v: 1, key: known.key, messageId: "m", receivedAt: "", eventTime: "", type: "other" } as const;
    const line = { object: "type=other/dt=2026-01-05/shard=0/x", member, detail: {} };
    const ground = { run: "r", now: start, topics: [], hasBus: true, source: "s", lowQueue: undefined };
    const [copy] = judge(
      [{ ...known, door: "bus", hasCopy: true }],
      { found: [], lines: [line, { ...line, object: `${line.object}2` }], isMalformedParked: true },
      "store",
      { ...ground, admission: { enabled: true, limit: 5 } },
    );
    expect(copy).toMatchObject({ found: "1 in S3 2 times", isRight: false });
  });
});
