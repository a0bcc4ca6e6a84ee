import * as t from "io-ts";
import { describe, expect, it } from "vitest";
import { inputsOf } from "../../local/plan.ts";
import { devPlan } from "../support/local-run.ts";

const Stream = t.type({
  extendedS3Configuration: t.type({
    roleArn: t.string,
    bucketArn: t.string,
    prefix: t.string,
    errorOutputPrefix: t.string,
  }),
});
const Policy = t.type({ policy: t.string });

const plan = await devPlan();

describe("the role of the delivery stream", () => {
  it("may write below every prefix under which the stream puts lines or what it gives up on, and below no other", () => {
    const [stream] = plan.ofType("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream");
    if (stream === undefined) throw new Error("there is no stream");
    const { roleArn, bucketArn, errorOutputPrefix } = inputsOf(Stream, stream).extendedS3Configuration;
    const role = plan.ofType("aws:iam/rolePolicy:RolePolicy").find(({ name }) => roleArn.endsWith(`/${name}`));
    if (role === undefined) throw new Error("there is no role");
    const statements: ReadonlyArray<{ Action: ReadonlyArray<string>; Resource: ReadonlyArray<string> }> = JSON.parse(
      inputsOf(Policy, role).policy,
    ).Statement;
    const writable = statements
      .filter(({ Action }) => Action.includes("s3:PutObject"))
      .flatMap(({ Resource }) => Resource);
    expect(errorOutputPrefix.startsWith("errors/!{")).toBe(true);
    expect(writable.toSorted()).toStrictEqual(
      ["errors/*", "excess=*", "type=*"].map((prefix) => `${bucketArn}/${prefix}`),
    );
  });
});
