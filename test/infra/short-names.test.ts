import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortName } from "../../infra/constructors/short-names.ts";
import { devPlan } from "../support/local-run.ts";

const plan = await devPlan();
const of = (stack: string) => ({ organization: "acme", project: "floodgate", stack });

/** As `pulumi:autonaming` makes them, unless the program gives one. */
const namesOf = (stack: string): ReadonlyArray<readonly [type: string, name: string]> =>
  plan.all.map(({ type, name }) => [
    type,
    shortName(type, name, of(stack))?.[1] ?? `floodgate-${stack}-${name}-0123456`,
  ]);

const lengths: Readonly<Record<string, number>> = {
  "aws:cloudwatch/eventArchive:EventArchive": 48,
  "aws:iam/role:Role": 64,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": 64,
  "aws:lambda/function:Function": 64,
  "aws:s3/bucket:Bucket": 63,
  "aws:scheduler/schedule:Schedule": 64,
  "aws:sfn/stateMachine:StateMachine": 80,
  "aws:sqs/queue:Queue": 80,
};

describe("physical names", () => {
  it("are left to Pulumi where they fit", () => {
    expect(shortName("aws:lambda/function:Function", "process-batch", of("prod"))).toBeUndefined();
    expect(shortName("aws:dynamodb/table:Table", "deliveries", of("s".repeat(84)))).toBeUndefined();
  });

  it("stay within each service's length, and differ, for any stack name of up to 84 characters", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,83}$/), (stack) => {
        const names = namesOf(stack);
        for (const [type, name] of names)
          expect([name, name.length <= (lengths[type] ?? 255)]).toStrictEqual([name, true]);
        expect(new Set(names.map((each) => each.join(" "))).size).toBe(names.length);
        const [, bucket = ""] = names.find(([type]) => type === "aws:s3/bucket:Bucket") ?? [];
        expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]*$/);
      }),
    );
  });

  it("of the same stack name in two organisations, or in other capitals, differ", () => {
    const nameIn = (organization: string, stack: string) =>
      shortName("aws:lambda/function:Function", "process-batch", { ...of(stack), organization })?.[1];
    const long = "production-europe-central-1-contact-centre";
    expect(new Set([nameIn("acme", long), nameIn("other", long), nameIn("acme", long.toUpperCase())]).size).toBe(3);
  });
});
