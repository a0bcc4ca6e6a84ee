import { describe, expect, it } from "vitest";
import { burst } from "../../local/campaign/burst.ts";
import { planOf } from "../../local/plan.ts";
import type { Fault, ServiceRequest } from "../../local/service.ts";
import { awsError } from "../../local/service.ts";
import { queueEntryText } from "../support/builders.ts";
import { atBus, devPlan, inBuffer, runLocally, start } from "../support/local-run.ts";

const events = burst({ count: 600, seed: 3, perMinute: 10_000, start });

/** A fault for the first requests of an operation, if need be only those whose body holds a text. */
const first = (times: number, operation: string, fault: Fault, text = "") => {
  let left = times;
  return (request: ServiceRequest): Fault | undefined => {
    if (request.operation !== operation || left === 0 || !request.body.includes(text)) return undefined;
    left -= 1;
    return fault;
  };
};

const balanced = (run: Awaited<ReturnType<typeof runLocally>>) => ({
  differences: run.differences,
  received: run.ledger.received,
  sum:
    run.ledger.delivered +
    run.ledger.setAside.lowPriority +
    run.ledger.setAside.rateLimited +
    run.ledger.duplicates +
    run.ledger.inFlight +
    Object.values(run.ledger.parked).reduce((sum, count) => sum + count, 0),
});

const adds = { differences: [], received: events.length, sum: events.length };

describe("a local run, whatever goes wrong on the way", () => {
  it("loses nothing when the function crashes after it delivered and before it recorded", async () => {
    const run = await runLocally(events, {
      faults: first(1, "dynamodb.BatchWriteItem", { _tag: "Crash", when: "before" }, '"deliveries"'),
    });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.functions.get("process-batch")?.failures).toBe(1);
    // Delivered twice, never zero times: S3 holds the lines of the crashed batch again.
    expect(run.deliveredLines).toBeGreaterThan(run.ledger.delivered);
  });

  it("delivers nothing twice when the function crashes after it recorded", async () => {
    const run = await runLocally(events.slice(0, 20), {
      faults: first(1, "dynamodb.BatchWriteItem", { _tag: "Crash", when: "after" }, '"deliveries"'),
    });
    expect(balanced(run)).toStrictEqual({ differences: [], received: 20, sum: 20 });
    expect(run.deliveredLines).toBe(run.ledger.delivered);
  });

  it("takes a message that came back because its visibility ended in the middle of a batch for what it is", async () => {
    const plan = await devPlan();
    // The queue's timeout is set far below the function's, as nobody should: the batch comes back while it is handled.
    const all = plan.all.map((resource) =>
      resource.name === "buffer" && resource.type === "aws:sqs/queue:Queue"
        ? { ...resource, inputs: { ...resource.inputs, visibilityTimeoutSeconds: 10 } }
        : resource,
    );
    let isFirst = true;
    const run = await runLocally(events, {
      plan: planOf(all),
      load: async (name) => {
        const { create } = await import(`../../handlers/${name}.ts`);
        return (variables) => {
          const handler = create(variables);
          return async (event, context) => {
            const answer = await handler(event, context);
            const wait = isFirst && name === "process-batch" ? 30_000 : 0;
            isFirst &&= name !== "process-batch";
            await new Promise((resolve) => setTimeout(resolve, wait));
            return answer;
          };
        };
      },
    });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.deliveredLines).toBe(run.ledger.delivered);
    expect(run.functions.get("process-batch")?.invocations).toBeGreaterThanOrEqual(2);
  });

  it("loses nothing when the transform fails and is tried again", async () => {
    let failures = 2;
    const run = await runLocally(events, {
      load: async (name) => {
        const { create } = await import(`../../handlers/${name}.ts`);
        return (variables) => {
          const handler = create(variables);
          return async (event, context) => {
            if (name === "transform-records" && failures > 0) {
              failures -= 1;
              throw new Error("out of luck");
            }
            return handler(event, context);
          };
        };
      },
    });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.functions.get("transform-records")?.failures).toBe(2);
    expect(run.deliveredLines).toBe(run.ledger.delivered);
  });

  it("counts what Firehose gave up on as parked, with the copy it came from", async () => {
    const run = await runLocally(events.slice(0, 50), {
      load: async (name) => {
        const { create } = await import(`../../handlers/${name}.ts`);
        if (name !== "transform-records") return create;
        return () => async () => {
          throw new Error("never works");
        };
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect(run.ledger.delivered).toBe(0);
    expect(run.ledger.parked["firehose:processing-failed"]).toBeGreaterThan(40);
    expect(run.functions.get("transform-records")?.invocations).toBe(11);
  });

  it("handles a batch record by record once a record in it has killed the process twice", async () => {
    let kills = 0;
    /** Records of each offer that was made once the record had killed twice. */
    const offered: number[] = [];
    const run = await runLocally([atBus(queueEntryText("killer")), ...events.slice(0, 100)], {
      onRequest: ({ operation, body }) => {
        if (operation === "firehose.PutRecordBatch" && kills === 2)
          offered.push(JSON.parse(body.toString("utf8")).Records.length);
      },
      faults: (request) => {
        if (request.operation !== "firehose.PutRecordBatch" || kills === 2) return undefined;
        const { Records } = JSON.parse(request.body.toString("utf8"));
        const isKiller = ({ Data }: { Data: string }) => Buffer.from(Data, "base64").includes('"killer"');
        if (!Records.some(isKiller)) return undefined;
        kills += 1;
        return { _tag: "Crash", when: "before" };
      },
    });
    expect(run.differences).toStrictEqual([]);
    expect([kills, run.ledger.received, run.ledger.parked["deadLetter"]]).toStrictEqual([2, 101, undefined]);
    // What the first two tries had not delivered goes one by one, the killer among it.
    expect([offered.length > 30, offered.every((records) => records === 1)]).toStrictEqual([true, true]);
  });

  it("redelivers what Firehose refused, once it takes events again", async () => {
    const slow = awsError(500, "ServiceUnavailableException", "Slow down.");
    const run = await runLocally(events, {
      faults: first(40, "firehose.PutRecordBatch", { _tag: "Answer", answer: slow }),
    });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.deliveredLines).toBe(run.ledger.delivered);
  });

  it("may deliver twice but never loses when the answers of Firehose get lost", async () => {
    const run = await runLocally(events, { faults: first(3, "firehose.PutRecordBatch", { _tag: "LoseAnswer" }) });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.deliveredLines).toBeGreaterThanOrEqual(run.ledger.delivered);
  });

  it("leaves everything in the buffer while DynamoDB is away, and then delivers once", async () => {
    const away = awsError(500, "InternalServerError", "away");
    const run = await runLocally(events, {
      faults: first(60, "dynamodb.BatchGetItem", { _tag: "Answer", answer: away }),
    });
    expect(balanced(run)).toStrictEqual(adds);
    expect(run.deliveredLines).toBe(run.ledger.delivered);
  });

  it("hands malformed messages back until they can be parked", async () => {
    const away = { status: 503, body: "<Error><Code>SlowDown</Code></Error>" };
    const run = await runLocally([inBuffer("{"), atBus(queueEntryText("c-1"))], {
      faults: first(9, "s3.PutObject", { _tag: "Answer", answer: away }),
    });
    expect(run.ledger).toMatchObject({ delivered: 1, parked: { malformed: 1 }, balanced: true });
  });
});

describe("the audit", () => {
  it("names the copy whose line somebody removed from a delivered object", async () => {
    const { gunzipSync, gzipSync } = await import("node:zlib");
    let removed = "";
    const run = await runLocally(events.slice(0, 50), {
      beforeAudit: ({ objects, streams }) => {
        const bucket = [...streams.values()][0]?.bucket ?? "";
        const [name = ""] = objects.list(bucket, "type=");
        const lines = gunzipSync(objects.get(bucket, name) ?? "")
          .toString("utf8")
          .split("\n");
        removed = JSON.parse(lines[0] ?? "").floodgate.messageId;
        objects.put(bucket, name, gzipSync(lines.slice(1).join("\n")));
      },
    });
    expect(run.ledger.balanced).toBe(false);
    expect(run.differences).toStrictEqual([`copy ${removed} was received and is nowhere`]);
  });

  it("names the line that somebody added to a delivered object", async () => {
    const { gunzipSync, gzipSync } = await import("node:zlib");
    const run = await runLocally([atBus(queueEntryText("c-1"))], {
      beforeAudit: ({ objects, streams }) => {
        const bucket = [...streams.values()][0]?.bucket ?? "";
        const [name = ""] = objects.list(bucket, "type=");
        const text = gunzipSync(objects.get(bucket, name) ?? "").toString("utf8");
        objects.put(bucket, name, gzipSync(text + text.replace(/"messageId":"[^"]+"/, '"messageId":"invented"')));
      },
    });
    expect(run.ledger.balanced).toBe(false);
    expect(run.differences).toHaveLength(1);
    expect(run.differences[0]).toContain("a line of copy invented, which was never received");
  });

  it("names the copy of a parked event that somebody hid", async () => {
    const { gzipSync } = await import("node:zlib");
    const run = await runLocally([inBuffer("{"), inBuffer("[")], {
      beforeAudit: ({ objects, streams }) => {
        const bucket = [...streams.values()][0]?.bucket ?? "";
        const [name = ""] = objects.list(bucket, "failed/");
        objects.put(bucket, name, gzipSync(""));
      },
    });
    expect(run.ledger.balanced).toBe(false);
    expect(run.differences.filter((line) => line.endsWith("was received and is nowhere"))).toHaveLength(2);
    expect(run.differences.filter((line) => line.includes("holds 0 events, its index item says 2"))).toHaveLength(1);
  });
});
