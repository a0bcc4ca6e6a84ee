/** One statement of an IAM policy; `Resource` is always an exact ARN unless this file says why it cannot be. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | { readonly Service: string };
  readonly Action: string | ReadonlyArray<string>;
  readonly Resource?: string | ReadonlyArray<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: ReadonlyArray<Statement>;
}

export const policy = (...statements: ReadonlyArray<Statement>): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});

export const allow = (actions: ReadonlyArray<string>, resources: ReadonlyArray<string>): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resources,
});

/** Lets a service take a role. `condition` guards against being used for somebody else's resources. */
export const trust = (service: string, condition?: Statement["Condition"]): PolicyDocument =>
  policy({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    ...(condition === undefined ? {} : { Condition: condition }),
  });

const overTlsOnly = (action: string, resources: ReadonlyArray<string>): Statement => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: action,
  Resource: resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** A queue has one policy, so who may send and the TLS rule stand in one document. */
export const queuePolicy = (queueArn: string, ruleArn?: string): PolicyDocument =>
  policy(
    overTlsOnly("sqs:*", [queueArn]),
    ...(ruleArn === undefined
      ? []
      : [
          {
            Sid: "RuleSends",
            Effect: "Allow" as const,
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: queueArn,
            Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
          },
        ]),
  );

export const bucketPolicy = (bucketArn: string): PolicyDocument =>
  policy(overTlsOnly("s3:*", [bucketArn, `${bucketArn}/*`]));

/** Alarms of this account may publish, over TLS only. */
export const topicPolicy = (topicArn: string, account: string): PolicyDocument =>
  policy(overTlsOnly("sns:Publish", [topicArn]), {
    Sid: "AlarmsPublish",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topicArn,
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  });

export const writeLogs = (logGroupArn: string): Statement =>
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [`${logGroupArn}:*`]);

/** What the event source mapping does in the function's name. */
export const consumeQueue = (queueArn: string): Statement =>
  allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [queueArn]);
