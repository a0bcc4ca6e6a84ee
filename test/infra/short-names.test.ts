import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shortName } from "../../infra/constructors/short-names.ts";
import { devPlan } from "../support/local-run.ts";

const plan = await devPlan();
/** As `pulumi:autonaming` makes them, unless the program gives one. */
const namesOf = (stack: string): ReadonlyArray<readonly [type: string, name: string]> =>
  plan.all.map(({ type, name }) => [
    type,
    shortName(type, name, "floodgate", stack)?.of("seed/") ?? `floodgate-${stack}-${name}-0123456`,
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
    expect(shortName("aws:lambda/function:Function", "process-batch", "floodgate", "prod")).toBeUndefined();
    expect(shortName("aws:dynamodb/table:Table", "deliveries", "floodgate", "s".repeat(84))).toBeUndefined();
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

  it("begin with as much of project and stack as fits, and differ for another seed, or another bus of an archive", () => {
    const stack = "Production_EU-central-1-contact-centre-of-the-whole-company-and-more";
    const role = shortName("aws:iam/role:Role", "process-batch", "floodgate", stack)?.of("seed/") ?? "";
    expect(role).toMatch(/^floodgate-Production_EU-central-1-.*-process-batch-[0-9a-f]{7}$/);
    const archive = shortName("aws:cloudwatch/eventArchive:EventArchive", "genesys-events", "floodgate", stack);
    const names = ["seed/arn:one", "seed/arn:two", "other/arn:one"].map((unique) => archive?.of(unique));
    expect(new Set(names).size).toBe(3);
  });
});
