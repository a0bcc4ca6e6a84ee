import { describe, expect, it } from "vitest";
import { alarmTable } from "../../infra/alarms/alarm-table.ts";
import { burst } from "../../local/campaign/burst.ts";
import { genesysError, unavailable } from "../../local/genesys/local-genesys.ts";
import { awsError } from "../../local/service.ts";
import { envelope, queueEntryText } from "../support/builders.ts";
import { putDeadLetters } from "../support/dead-letters.ts";
import { atBus, devPlan, inBuffer, runLocally, start, withRareRedrive } from "../support/local-run.ts";

const minute = 60_000;

/** Service and metric of a line in CloudWatch's embedded metric format; none of any other line. */
const metricsIn = (text: string): ReadonlyArray<string> => {
  if (!text.includes('"_aws"')) return [];
  const { service, _aws } = JSON.parse(text);
  return _aws.CloudWatchMetrics.flatMap(({ Metrics }: { Metrics: { Name: string }[] }) =>
    Metrics.map(({ Name }) => `${service} ${Name}`),
  );
};

const holds = (data: string, text: string): boolean => Buffer.from(data, "base64").includes(text);

/** A run in which everything goes wrong that an alarm with a metric of our own is for. */
const observe = async () => {
  const calls = burst({ count: 500, seed: 5, perMinute: 10_000, start });
  const note = "x".repeat(1_024_100);
  const tooLarge = atBus(
    envelope("attributes", { eventTime: start, conversationId: "c-large", note }, { id: "e-large" }),
  );
  const [killer, never] = ["killer", "never"].map((id) => atBus(queueEntryText(id, "q-1")));
  const events = [...calls.toSpliced(10, 0, never ?? inBuffer("")), inBuffer("{"), tooLarge, killer ?? inBuffer("")];
  return runLocally(events, {
    plan: withRareRedrive(
      await devPlan(
        'floodgate:retry={"maximumEventAgeDays":1}',
        'floodgate:delivery={"redact":["ani"]}',
        'floodgate:alarms={"silence":{"minutes":60}}',
      ),
    ),
    // For longer than the quarter of an hour after which the map is refreshed again.
    perMinute: 30,
    faults: ({ operation, body }) => {
      const now = Date.now() - start;
      if (operation === "dynamodb.GetItem" && body.includes("queue-priorities") && now < minute) {
        return { _tag: "Answer", answer: awsError(500, "InternalServerError", "down") };
      }
      if (operation !== "firehose.PutRecordBatch") return undefined;
      const { Records } = JSON.parse(body.toString("utf8"));
      if (Records.some(({ Data }: { Data: string }) => holds(Data, '"killer"')))
        return { _tag: "Crash", when: "before" };
      return now > 2 * minute && now < 4 * minute
        ? { _tag: "Answer", answer: awsError(500, "InternalServerError", "down") }
        : undefined;
    },
    beforeSending: (cloud) => {
      const { genesys, streams, machines, clock } = cloud;
      putDeadLetters(cloud, [queueEntryText("kills its reader")], 100);
      machines.start("refresh-queue-priorities", {});
      const begin = clock.now();
      genesys.fault = ({ path }, now) => {
        if (!path.includes("/users")) return undefined;
        if (now < begin + minute) return unavailable();
        return now < begin + 90_000 ? genesysError(403, "missing.any.permissions", "no") : undefined;
      };
      for (const stream of streams.values()) {
        stream.offer(Buffer.from("not ours").toString("base64"));
        stream.refuse = (data) =>
          holds(data, '"never"') ? { ErrorCode: "InternalFailure", ErrorMessage: "no" } : undefined;
      }
    },
  });
};

describe("the alarms on metrics of our own", () => {
  it("watch what the functions publish when it goes wrong", async () => {
    const { logs } = await observe();
    const published = new Set(logs.flatMap(({ text }) => metricsIn(text)));
    const watched = alarmTable
      .flatMap(({ watches }) => watches)
      .filter(({ namespace }) => namespace === "Floodgate")
      .map(({ metric, dimension }) => `${dimension.of} ${metric}`);
    expect(watched.length).toBeGreaterThan(10);
    expect(watched.filter((each) => !published.has(each))).toStrictEqual([]);
  }, 120_000);
});
