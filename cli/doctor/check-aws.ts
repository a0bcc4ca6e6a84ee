import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { DescribeStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { explainError } from "../explain-error.ts";
import { clientSettings, regionOf, type StackOutputs } from "../stack/stack-outputs.ts";
import { type Finding, ok, problem, problemOf } from "./check.ts";

interface Call {
  /** The IAM action that the call needs. */
  readonly action: string;
  readonly resource: string;
  readonly send: () => Promise<unknown>;
}

const accountCheck = "AWS credentials and region";
const permissionCheck = "AWS permissions";
const mappingCheck = "event source mapping";

/** The calls by which every command looks at a stack; each is harmless. */
const callsOf = (outputs: StackOutputs): ReadonlyArray<Call> => {
  const settings = clientSettings(outputs);
  const dynamoDb = new DynamoDBClient(settings);
  const tables = [outputs.queuePrioritiesTable, outputs.deliveriesTable, outputs.failedEventsTable];
  const machines = [outputs.retryMachineArn, outputs.refreshMachineArn].filter((arn) => arn !== "");
  return [
    ...[...tables, outputs.admissionLogTable].map((table) => ({
      action: "dynamodb:DescribeTable",
      resource: table,
      send: () => dynamoDb.send(new DescribeTableCommand({ TableName: table })),
    })),
    {
      action: "s3:ListBucket",
      resource: outputs.bucketName,
      send: () => new S3Client(settings).send(new ListObjectsV2Command({ Bucket: outputs.bucketName, MaxKeys: 1 })),
    },
    {
      action: "sqs:GetQueueAttributes",
      resource: outputs.bufferUrl,
      send: () =>
        new SQSClient({ ...settings, useQueueUrlAsEndpoint: outputs.endpoint === undefined }).send(
          new GetQueueAttributesCommand({
            QueueUrl: outputs.bufferUrl,
            AttributeNames: ["ApproximateNumberOfMessages"],
          }),
        ),
    },
    ...machines.map((arn) => ({
      action: "states:DescribeStateMachine",
      resource: arn,
      send: () => new SFNClient(settings).send(new DescribeStateMachineCommand({ stateMachineArn: arn })),
    })),
  ];
};

interface Failed {
  readonly call: Call;
  readonly error: unknown;
}

const tryEach = async (calls: ReadonlyArray<Call>): Promise<ReadonlyArray<Failed>> => {
  const answers = await Promise.all(
    calls.map((call) =>
      call.send().then(
        () => [],
        (error: unknown) => [{ call, error }],
      ),
    ),
  );
  return answers.flat();
};

const permissionsOf = (calls: ReadonlyArray<Call>, failed: ReadonlyArray<Failed>): Finding => {
  const [first] = failed;
  if (first === undefined) return ok(permissionCheck, `all ${calls.length} resources of the stack answer`);
  const each = failed.map(({ call, error }) => {
    const what = explainError(error)?.what ?? (error instanceof Error ? error.message : String(error));
    return `${call.action} on ${call.resource} (${what})`;
  });
  return problem(permissionCheck, each.join("; "), explainError(first.error)?.advice ?? "Look at the error above.");
};

/** AWS has looked at the request, so the way to it is right. */
const isAnswer = ({ error }: Failed): boolean =>
  ["AccessDeniedException", "AccessDenied", "ResourceNotFoundException"].includes(
    error instanceof Error ? error.name : "",
  );

/** Whether the pipeline takes events from its buffer at all. */
const checkMapping = async (outputs: StackOutputs): Promise<Finding> => {
  const client = new LambdaClient(clientSettings(outputs));
  try {
    const { State } = await client.send(new GetEventSourceMappingCommand({ UUID: outputs.mappingId }));
    return State === "Enabled" || State === "Enabling"
      ? ok(mappingCheck, "takes events from the buffer")
      : problem(
          mappingCheck,
          `is ${State ?? "unknown"}: events wait in the buffer`,
          "`npx floodgate status` says who paused it and why; `npx floodgate resume` starts it.",
        );
  } catch (error) {
    return problemOf(mappingCheck, error, "It has to exist: `npx pulumi up`.");
  }
};

/** Credentials and region, then permissions on each resource; answers whether it makes sense to look further. */
export const checkAws = async (
  outputs: StackOutputs,
): Promise<{ readonly findings: ReadonlyArray<Finding>; readonly isReachable: boolean }> => {
  const calls = callsOf(outputs);
  const failed = await tryEach(calls);
  const place = outputs.endpoint ?? regionOf(outputs);
  const [unreachable] = failed;
  if (unreachable !== undefined && failed.length === calls.length && !failed.some(isAnswer)) {
    const finding = problemOf(
      accountCheck,
      unreachable.error,
      "Check the region and the credentials: `aws sts get-caller-identity`.",
    );
    return { findings: [{ ...finding, found: `${place}: ${finding.found}` }], isReachable: false };
  }
  return {
    findings: [ok(accountCheck, `${place} answers`), permissionsOf(calls, failed), await checkMapping(outputs)],
    isReachable: true,
  };
};
