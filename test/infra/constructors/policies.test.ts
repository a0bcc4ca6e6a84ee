import { describe, expect, it } from "vitest";
import { bucketPolicy, queuePolicy, topicPolicy, trust } from "../../../infra/constructors/policies.ts";

const tlsOnly = (action: string, resources: ReadonlyArray<string>) => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: action,
  Resource: resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

const allowed = (Sid: string, service: string, Action: string, Resource: string, Condition: object) => ({
  Sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action,
  Resource,
  Condition,
});

const document = (...statements: ReadonlyArray<object>) => ({ Version: "2012-10-17", Statement: statements });

describe("resource policies", () => {
  it("refuse plain HTTP for a bucket and for all its objects", () => {
    expect(bucketPolicy("arn:aws:s3:::b")).toStrictEqual(
      document(tlsOnly("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])),
    );
  });

  it("let one rule send to a queue, or nobody", () => {
    expect(queuePolicy("arn:q")).toStrictEqual(document(tlsOnly("sqs:*", ["arn:q"])));
    expect(queuePolicy("arn:q", "arn:rule")).toStrictEqual(
      document(
        tlsOnly("sqs:*", ["arn:q"]),
        allowed("RuleSends", "events.amazonaws.com", "sqs:SendMessage", "arn:q", {
          ArnEquals: { "aws:SourceArn": "arn:rule" },
        }),
      ),
    );
  });

  it("let a service take a role, for this account's resources where that is said", () => {
    const assumed = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const Condition = { StringEquals: { "aws:SourceAccount": "1" } };
    expect([trust("lambda.amazonaws.com"), trust("lambda.amazonaws.com", Condition)]).toStrictEqual([
      document(assumed),
      document({ ...assumed, Condition }),
    ]);
  });

  it("let the account's alarms publish", () => {
    expect(topicPolicy("arn:t", "123456789012")).toStrictEqual(
      document(
        tlsOnly("sns:Publish", ["arn:t"]),
        allowed("AlarmsPublish", "cloudwatch.amazonaws.com", "sns:Publish", "arn:t", {
          StringEquals: { "aws:SourceAccount": "123456789012" },
        }),
      ),
    );
  });
});
