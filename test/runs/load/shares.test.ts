import { describe, expect, it } from "vitest";
import { bringIn } from "../../../cli/failed/bring-in.ts";
import { connectStack, type Stack } from "../../../cli/stack/stack.ts";
import type { StackOutputs } from "../../../cli/stack/stack-outputs.ts";
import type { Cloud } from "../../../local/cloud.ts";
import type { Plan } from "../../../local/plan.ts";
import { deliveredLine } from "../../../src/delivery/delivered-line.ts";
import { toFailedEvent } from "../../../src/failed/failed-event.ts";
import { envelope, eventOf, message } from "../../support/builders.ts";
import { atBus, devPlan, runLocally, start } from "../../support/local-run.ts";
import { sized } from "../../support/setup/sized.ts";

const mebibyte = 1024 * 1024;
const sources = ["campaign", "retries", "import"] as const;
type Source = (typeof sources)[number];
type Taken = Readonly<Record<Source, number>>;

const eventText = (source: Source, index: number): string => {
  const body = { eventTime: start, conversationId: `${source}-${index}`, note: "x".repeat(4_500) };
  return envelope("customer.start", body, { id: `${source}-${index}` });
};

const textsOf = (source: Source, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => eventText(source, index));

/** Bytes that Firehose took, by source and second. */
const watch = ({ streams, clock }: Cloud): ReadonlyMap<number, Taken> => {
  const seconds = new Map<number, Taken>();
  for (const stream of streams.values()) {
    stream.onRecord = (data, what) => {
      if (what !== "handed to Firehose") return;
      const second = Math.floor(clock.now() / 1000);
      const taken = seconds.get(second) ?? { campaign: 0, retries: 0, import: 0 };
      const source = sources.find((each) => data.includes(`"conversationId":"${each}-`)) ?? "campaign";
      seconds.set(second, { ...taken, [source]: taken[source] + data.length });
    };
  }
  return seconds;
};

/** How often the stream itself refused a record, for its quota. */
const countRefusals = ({ streams }: Cloud): { records: number } => {
  const refused = { records: 0 };
  for (const stream of streams.values()) {
    const offer = stream.offer.bind(stream);
    stream.offer = (data) => {
      const answer = offer(data);
      if ("ErrorCode" in answer) refused.records += 1;
      return answer;
    };
  }
  return refused;
};

/** The stack as commands see it, with as much of its outputs as is needed here. */
const stackOf = ({ endpoint, gateway }: Cloud, share: number): Stack =>
  connectStack({
    endpoint,
    accessKey: gateway.accessKey,
    bucketName: "floodgate-events",
    failedEventsTable: "failed-events",
    deliveryStreamName: "events",
    retryBytesPerSecond: share,
  } as StackOutputs);

/** Eight chunks that are due at once: that many executions begin within a minute, and all have something to deliver. */
const keepChunks = async ({ failedEvents }: Stack, dueAt: number): Promise<void> => {
  const events = textsOf("retries", 2_400).map((text) =>
    toFailedEvent({ ...message(text), receivedAt: start }, "timeout"),
  );
  for (let at = 0; at < events.length; at += 300)
    await failedEvents.keepForRetry("timeout", events.slice(at, at + 300), dueAt)();
};

/** What the program gives deliver-failed-events. */
const shareOfRetries = (plan: Plan): number => {
  const found = plan
    .ofType("aws:lambda/function:Function")
    .find(({ name }) => name === "deliver-failed-events")?.inputs;
  return Number(Object(found).environment.variables.DELIVERY_BYTES_PER_SECOND);
};

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The seconds in which the retries or the import delivered, from the first to the last. */
const mixed = (seconds: ReadonlyMap<number, Taken>): ReadonlyArray<Taken> => {
  const all = [...seconds].toSorted(([a], [b]) => a - b).map(([, taken]) => taken);
  const isMixed = (taken: Taken): boolean => taken.retries + taken.import > 0;
  return all.slice(all.findIndex(isMixed), all.findLastIndex(isMixed) + 1);
};

describe("a campaign at the stream's quota, with failed chunks that are due and an import at the same time", () => {
  it("keeps each to its share, and meets no refusal", async () => {
    const plan = await devPlan();
    const share = shareOfRetries(plan);
    let seconds: ReadonlyMap<number, Taken> = new Map();
    let refusals = { records: Number.NaN };
    const failures: string[] = [];
    let imported: Promise<ReadonlySet<number>> = Promise.resolve(new Set([-1]));
    await runLocally(textsOf("campaign", sized(3_000, 30_000)).map(atBus), {
      plan,
      perMinute: 60_000,
      beforeSending: async (cloud) => {
        seconds = watch(cloud);
        refusals = countRefusals(cloud);
        const stack = stackOf(cloud, share);
        let isKept = false;
        void keepChunks(stack, cloud.clock.now()).then(() => {
          isKept = true;
        });
        await cloud.clock.runUntil(() => isKept);
        const lines = textsOf("import", 1_000).map((text) => deliveredLine(eventOf(message(text))));
        imported = bringIn(
          stack,
          "import.1",
          () => undefined,
          (reason) => failures.push(reason),
        )(lines);
      },
    });
    expect([await imported, refusals.records, failures]).toStrictEqual([new Set(), 0, []]);
    const shared = mixed(seconds);
    const sum = (taken: Taken): number => taken.campaign + taken.retries + taken.import;
    const fullest = Math.max(...shared.map(sum));
    const means = sources.map((source) => [source, mean(shared.map((taken) => taken[source])) / mebibyte] as const);
    console.info(
      `${shared.length} s; of a quota of 1 MiB/s the fullest second had ${(fullest / mebibyte).toFixed(2)}; on average ` +
        means.map(([source, part]) => `${source} ${part.toFixed(3)}`).join(", "),
    );
    expect(shared.length).toBeGreaterThan(60);
    expect(fullest).toBeLessThan(mebibyte);
    expect(mean(shared.map((taken) => taken.retries + taken.import))).toBeLessThanOrEqual(share);
  });
});
