import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { queuePolicy } from "./policies.ts";

const fourteenDays = 14 * 24 * 60 * 60;

/** The provider's default is 256 KiB; an event on the bus may have 1 MiB. */
const oneMebibyte = 1_048_576;

interface QueueArgs {
  readonly visibilityTimeoutSeconds?: number;
  readonly redrive?: { readonly deadLetters: aws.sqs.Queue; readonly maxReceiveCount: number };
}

/** A standard queue that keeps what it holds for as long as SQS can. Its policy is made apart, once the sender is known. */
export const sqsQueue = (name: string, args: QueueArgs, parent: pulumi.Resource): aws.sqs.Queue =>
  new aws.sqs.Queue(
    name,
    {
      messageRetentionSeconds: fourteenDays,
      maxMessageSize: oneMebibyte,
      sqsManagedSseEnabled: true,
      receiveWaitTimeSeconds: 20,
      ...(args.visibilityTimeoutSeconds === undefined
        ? {}
        : { visibilityTimeoutSeconds: args.visibilityTimeoutSeconds }),
      ...(args.redrive === undefined
        ? {}
        : {
            redrivePolicy: pulumi.jsonStringify({
              deadLetterTargetArn: args.redrive.deadLetters.arn,
              maxReceiveCount: args.redrive.maxReceiveCount,
            }),
          }),
    },
    { parent },
  );

/** The queue's one policy: TLS only, and the rule that may send to it. */
export const allowSending = (
  name: string,
  to: aws.sqs.Queue,
  rule: aws.cloudwatch.EventRule | undefined,
  parent: pulumi.Resource,
): aws.sqs.QueuePolicy =>
  new aws.sqs.QueuePolicy(
    name,
    {
      queueUrl: to.url,
      policy: pulumi.jsonStringify(
        pulumi.all([to.arn, rule?.arn]).apply(([queueArn, ruleArn]) => queuePolicy(queueArn, ruleArn)),
      ),
    },
    { parent },
  );
