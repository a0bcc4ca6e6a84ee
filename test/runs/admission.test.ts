import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import type { Cloud } from "../../local/cloud.ts";
import { awsError, type Fault, type ServiceRequest } from "../../local/service.ts";
import { devPlan, runLocally, start } from "../support/local-run.ts";
import { sized } from "../support/setup/sized.ts";

const events = burst({ count: sized(800, 3_000), seed: 5, perMinute: 10_000, start });

const onLog = ({ operation, body }: ServiceRequest): boolean =>
  operation.startsWith("dynamodb.") && body.includes('"admission-log"');

/** What a run without any fault decides: by event time and key, so by nothing that a fault could change. */
const undisturbed = async () => {
  const { ledger, deliveredKeys } = await runLocally(events);
  return { setAside: ledger.setAside, delivered: new Set(deliveredKeys).size };
};

const outcome = ({ ledger, deliveredKeys, differences }: Awaited<ReturnType<typeof runLocally>>) => ({
  differences,
  setAside: ledger.setAside,
  delivered: new Set(deliveredKeys).size,
});

const forSeconds = (seconds: number, fault: (request: ServiceRequest) => Fault) => {
  let since: number | undefined;
  return (request: ServiceRequest): Fault | undefined => {
    if (!onLog(request)) return undefined;
    since ??= Date.now();
    return Date.now() - since < seconds * 1000 ? fault(request) : undefined;
  };
};

describe("admission in a local run", () => {
  it("absorbs a log that throttles, answers 500 or loses answers for two minutes, and stays exact", async () => {
    const expected = { differences: [], ...(await undisturbed()) };
    const throttled = awsError(400, "ProvisionedThroughputExceededException", "slow down");
    const broken = awsError(500, "InternalServerError", "broken");
    const faults: ReadonlyArray<(request: ServiceRequest) => Fault> = [
      () => ({ _tag: "Answer", answer: throttled }),
      () => ({ _tag: "Answer", answer: broken }),
      ({ operation }) =>
        operation === "dynamodb.PutItem" ? { _tag: "LoseAnswer" } : { _tag: "Answer", answer: broken },
    ];
    for (const fault of faults) {
      const run = await runLocally(events, { faults: forSeconds(120, fault) });
      expect(outcome(run)).toStrictEqual(expected);
      expect(run.ledger.parked["firehose:processing-failed"]).toBeUndefined();
    }
  });

  it("stays exact when every transformer crashes after its first append", async () => {
    const expected = { differences: [], ...(await undisturbed()) };
    const crashed = new Set<string>();
    const run = await runLocally(events, {
      faults: (request) => {
        if (!onLog(request) || request.operation !== "dynamodb.PutItem" || crashed.size > 3) return undefined;
        crashed.add(request.caller);
        return { _tag: "Crash", when: "after" };
      },
    });
    expect(outcome(run)).toStrictEqual(expected);
    expect(run.functions.get("transform-records")?.failures).toBeGreaterThan(0);
  });

  it("keeps whole batches under errors/ while the log is gone for an hour, and is exact once they are put back", async () => {
    const expected = { differences: [], ...(await undisturbed()) };
    const gone = awsError(500, "InternalServerError", "gone");
    let kept = 0;
    const putBack = async (cloud: Cloud): Promise<void> => {
      const [stream] = cloud.streams.values();
      if (stream === undefined) return;
      for (const name of cloud.objects.list(stream.bucket, "errors/")) {
        const lines = gunzipSync(cloud.objects.get(stream.bucket, name) ?? "")
          .toString("utf8")
          .trimEnd()
          .split("\n");
        // Half a second's worth at once, so that the stream's quota refuses nothing.
        for (let at = 0; at < lines.length; at += 300) {
          for (const line of lines.slice(at, at + 300)) stream.offer(JSON.parse(line).rawData);
          const next = cloud.clock.now() + 1_000;
          cloud.clock.after(1_000, () => undefined);
          await cloud.clock.runUntil(() => cloud.clock.now() >= next);
        }
        kept += lines.length;
        cloud.objects.delete(stream.bucket, name);
      }
      await cloud.clock.runUntil(() => stream.heldCount() === 0);
    };
    const run = await runLocally(events, {
      faults: forSeconds(3_600, () => ({ _tag: "Answer", answer: gone })),
      beforeAudit: putBack,
    });
    expect(kept).toBeGreaterThan(500);
    expect(outcome(run)).toStrictEqual(expected);
  });

  it("drops what it would have set aside when the stack does not store it, and the log still counts it", async () => {
    const run = await runLocally(events, { plan: await devPlan('floodgate:admission={"excess":"drop"}') });
    const { setAside, delivered } = await undisturbed();
    expect(run.differences).toStrictEqual([]);
    expect([run.ledger.setAside, run.ledger.dropped]).toStrictEqual([{ lowPriority: 0, rateLimited: 0 }, setAside]);
    expect(new Set(run.deliveredKeys).size).toBe(delivered);
    expect(setAside.lowPriority + setAside.rateLimited).toBeGreaterThan(100);
  });
});
