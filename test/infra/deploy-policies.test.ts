import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { evaluatePlan } from "../../cli/plan/evaluate-plan.ts";
import type { Statement } from "../../infra/constructors/policies.ts";
import type { Plan, PlannedResource } from "../../local/plan.ts";

const stack = "dev";
const partnerSource = "aws.partner/genesys.com/cloud/organisation/suffix";
const [region, account] = ["eu-central-1", "123456789012"];

/** A policy of docs/deploy.md, by the word behind its fence. */
const policyOf = (name: string): ReadonlyArray<Statement> => {
  const text = new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\`\`\``).exec(readFileSync("docs/deploy.md", "utf8"))?.[1];
  const filled = (text ?? "")
    .replaceAll("<stack>", stack)
    .replaceAll("<region>", region)
    .replaceAll("<account>", account)
    .replaceAll("<partner-source>", partnerSource)
    .replaceAll("<state-bucket>", "the-state");
  return JSON.parse(filled).Statement;
};

const listed = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

/** What IAM answers, conditions aside: each that a policy here has is named in the test that needs it. */
const allows = (statements: ReadonlyArray<Statement>, action: string, resource: string): boolean =>
  statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === "Allow" &&
      listed(Action).some((each) => matches(each, action)) &&
      listed(Resource).some((each) => matches(each, resource)),
  );

/** Of each resource type: its ARN by its physical name, and calls of the provider to make, read and remove it. */
const provided: Readonly<
  Record<string, readonly [(name: string, resource: PlannedResource) => string, ReadonlyArray<string>]>
> = {
  "aws:athena/namedQuery:NamedQuery": [
    () => arn("athena", `workgroup/${named("events")}`),
    ["athena:CreateNamedQuery"],
  ],
  "aws:athena/workgroup:Workgroup": [(name) => arn("athena", `workgroup/${name}`), ["athena:CreateWorkGroup"]],
  "aws:cloudwatch/dashboard:Dashboard": [
    () => `arn:aws:cloudwatch::${account}:dashboard/floodgate-${stack}-0123ab`,
    ["cloudwatch:PutDashboard", "cloudwatch:GetDashboard"],
  ],
  "aws:cloudwatch/eventArchive:EventArchive": [(name) => arn("events", `archive/${name}`), ["events:CreateArchive"]],
  "aws:cloudwatch/eventBus:EventBus": [
    (name, { inputs }) => arn("events", `event-bus/${inputs["name"] ?? name}`),
    ["events:CreateEventBus", "events:DescribeEventBus"],
  ],
  "aws:cloudwatch/eventRule:EventRule": [
    (name, { inputs }) => arn("events", `rule/${busOf(inputs)}/${name}`),
    ["events:PutRule", "events:DeleteRule"],
  ],
  "aws:cloudwatch/eventTarget:EventTarget": [
    (_, { inputs }) => arn("events", `rule/${busOf(inputs)}/${named("genesys-events")}`),
    ["events:PutTargets", "events:RemoveTargets"],
  ],
  "aws:cloudwatch/logGroup:LogGroup": [
    (name, { inputs }) => arn("logs", `log-group:${inputs["namePrefix"] ?? name}`),
    ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DeleteLogGroup"],
  ],
  "aws:cloudwatch/logStream:LogStream": [
    (name) => arn("logs", `log-group:${name}:log-stream:S3Delivery`),
    ["logs:CreateLogStream"],
  ],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [
    (name) => arn("cloudwatch", `alarm:${name}`),
    ["cloudwatch:PutMetricAlarm"],
  ],
  "aws:dynamodb/table:Table": [
    (name) => arn("dynamodb", `table/${name}`),
    ["dynamodb:CreateTable", "dynamodb:UpdateTimeToLive", "dynamodb:DeleteTable"],
  ],
  "aws:glue/catalogDatabase:CatalogDatabase": [
    () => arn("glue", `database/floodgate_${stack}_0123ab`),
    ["glue:CreateDatabase"],
  ],
  "aws:glue/catalogTable:CatalogTable": [
    (_, { name }) => arn("glue", `table/floodgate_${stack}_0123ab/${name}`),
    ["glue:CreateTable", "glue:DeleteTable"],
  ],
  "aws:iam/role:Role": [
    (name) => `arn:aws:iam::${account}:role/${name}`,
    ["iam:CreateRole", "iam:GetRole", "iam:DeleteRole", "iam:PassRole"],
  ],
  "aws:iam/rolePolicy:RolePolicy": [
    (name) => `arn:aws:iam::${account}:role/${name}`,
    ["iam:PutRolePolicy", "iam:GetRolePolicy", "iam:DeleteRolePolicy"],
  ],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
    (name) => arn("firehose", `deliverystream/${name}`),
    ["firehose:CreateDeliveryStream", "firehose:UpdateDestination"],
  ],
  "aws:lambda/eventSourceMapping:EventSourceMapping": [
    () => arn("lambda", "event-source-mapping:1b2c"),
    ["lambda:CreateEventSourceMapping", "lambda:GetEventSourceMapping"],
  ],
  "aws:lambda/function:Function": [
    (name) => arn("lambda", `function:${name}`),
    ["lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:PutFunctionConcurrency"],
  ],
  ...Object.fromEntries(
    [
      ["Bucket", "s3:CreateBucket"],
      ["BucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"],
      ["BucketOwnershipControls", "s3:PutBucketOwnershipControls"],
      ["BucketPolicy", "s3:PutBucketPolicy"],
      ["BucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"],
      ["BucketServerSideEncryptionConfiguration", "s3:PutEncryptionConfiguration"],
    ].map(([kind = "", action = ""]) => [
      `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`,
      [(name: string) => `arn:aws:s3:::${name}`, [action]] as const,
    ]),
  ),
  "aws:scheduler/schedule:Schedule": [
    (name) => arn("scheduler", `schedule/${named("floodgate")}/${name}`),
    ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"],
  ],
  "aws:scheduler/scheduleGroup:ScheduleGroup": [
    (name) => arn("scheduler", `schedule-group/${name}`),
    ["scheduler:CreateScheduleGroup"],
  ],
  "aws:secretsmanager/secret:Secret": [
    (name) => arn("secretsmanager", `secret:${name}-AbCdEf`),
    ["secretsmanager:CreateSecret"],
  ],
  "aws:secretsmanager/secretVersion:SecretVersion": [
    (name) => arn("secretsmanager", `secret:${name}-AbCdEf`),
    ["secretsmanager:PutSecretValue"],
  ],
  "aws:sfn/stateMachine:StateMachine": [(name) => arn("states", `stateMachine:${name}`), ["states:CreateStateMachine"]],
  "aws:sns/topic:Topic": [(name) => arn("sns", name), ["sns:CreateTopic"]],
  "aws:sns/topicPolicy:TopicPolicy": [(name) => arn("sns", name), ["sns:SetTopicAttributes"]],
  "aws:sns/topicSubscription:TopicSubscription": [(name) => arn("sns", name), ["sns:Subscribe"]],
  "aws:sqs/queue:Queue": [(name) => arn("sqs", name), ["sqs:CreateQueue", "sqs:DeleteQueue"]],
  "aws:sqs/queuePolicy:QueuePolicy": [(name) => arn("sqs", name), ["sqs:SetQueueAttributes"]],
};

const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;

/** As `pulumi:autonaming` makes a name of it. */
const named = (name: string): string => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8"));
  const parts: Readonly<Record<string, string>> = { project: "floodgate", stack, name, "hex(7)": "0a1b2c3" };
  const pattern: string = config["pulumi:autonaming"].value.pattern;
  return pattern.replaceAll(/\$\{([^}]+)\}/g, (_, part: string) => parts[part] ?? "");
};

/** An ARN of a plan, where resources have the names that the program gives them, as it is in AWS. */
const deployed = (resource: string): string =>
  resource
    .replace(/^arn:aws:s3:::floodgate-/, `arn:aws:s3:::floodgate-${stack}-`)
    .replace(
      /(:\d{12}:(?:(?:table|deliverystream|workgroup)\/|(?:function|log-group|stateMachine|secret):)?)(?!\/aws|event-|(?:data)?catalog|database\/|(?:table\/)?floodgate_)/,
      `$1floodgate-${stack}-`,
    );

const busOf = (inputs: PlannedResource["inputs"]): string => {
  const name = String(inputs["eventBusName"]);
  return name.startsWith("aws.partner/") ? name : named(name);
};

let plan: Plan;
beforeAll(async () => {
  plan = await evaluatePlan(stack, [
    `floodgate:source=${JSON.stringify({ type: "partner", name: partnerSource })}`,
    'floodgate:genesys={"region":"mypurecloud.de","clientId":"id","clientSecret":"secret"}',
    'floodgate:delivery={"redact":["ani"]}',
    'floodgate:alarms={"email":"on-call@example.com"}',
    'floodgate:querying={"parquet":true}',
  ]);
});

const real = (): ReadonlyArray<PlannedResource> => plan.all.filter(({ type }) => type.startsWith("aws:"));

const callsOf = (resource: PlannedResource): ReadonlyArray<readonly [string, string]> => {
  const [arnOf, actions] = provided[resource.type] ?? [() => "", ["no:Action"]];
  const target = arnOf(named(resource.name), resource);
  return actions.map((action) => [action, target] as const);
};

describe("the policies of docs/deploy.md", () => {
  it("let the deploying role make, read and remove every resource of a stack", () => {
    const deploy = policyOf("deploy");
    const refused = real()
      .flatMap(callsOf)
      .filter(([action, target]) => !allows(deploy, action, target));
    expect(refused).toStrictEqual([]);
  });

  it("let it touch nothing of another stack, or of anybody else", () => {
    const deploy = policyOf("deploy");
    const others = real()
      .flatMap(callsOf)
      .filter(([, target]) => target.includes(`floodgate-${stack}-`))
      .flatMap(([action, target]) => [
        [action, target.replaceAll(`floodgate-${stack}-`, "floodgate-prod-")] as const,
        [action, target.replaceAll(`floodgate-${stack}-`, "payroll-")] as const,
      ]);
    expect(others.length).toBeGreaterThan(100);
    expect(others.filter(([action, target]) => allows(deploy, action, target))).toStrictEqual([]);
    const roles = deploy.filter(({ Action }) => listed(Action).some((action) => /iam:(Create|Put)/.test(action)));
    expect(roles.map(({ Condition }) => Object.keys(Condition?.["StringEquals"] ?? {}))).toStrictEqual([
      ["iam:PermissionsBoundary"],
    ]);
    const strangers = [
      ["events:DeleteEventBus", arn("events", "event-bus/aws.partner/genesys.com/cloud/organisation/prod")],
      ["logs:DeleteLogGroup", arn("logs", "log-group:/aws/vendedlogs/states/payroll-x")],
      ["s3:GetObject", "arn:aws:s3:::the-state/backup"],
    ] as const;
    expect(strangers.filter(([action, target]) => allows(deploy, action, target))).toStrictEqual([]);
    expect(allows(deploy, "s3:PutObject", "arn:aws:s3:::the-state/.pulumi/locks/x.json")).toBe(true);
    expect(allows(deploy, "iam:AttachRolePolicy", `arn:aws:iam::${account}:role/${named("x")}`)).toBe(false);
  });

  it("let the previewing role read the state, and nothing that a stack holds or is", () => {
    const preview = policyOf("preview");
    expect(allows(preview, "s3:GetObject", "arn:aws:s3:::the-state/.pulumi/stacks/floodgate/dev.json")).toBe(true);
    const reads = [
      ["s3:GetObject", `arn:aws:s3:::${named("events")}/type=acd.start/x`],
      ["s3:ListBucket", `arn:aws:s3:::${named("events")}`],
      ["dynamodb:Query", arn("dynamodb", `table/${named("deliveries")}`)],
      ["secretsmanager:GetSecretValue", arn("secretsmanager", `secret:${named("genesys-client")}-AbCdEf`)],
      ["sqs:ReceiveMessage", arn("sqs", named("buffer"))],
      ["lambda:GetFunction", arn("lambda", `function:${named("process-batch")}`)],
      ["logs:FilterLogEvents", arn("logs", `log-group:${named("process-batch")}`)],
    ] as const;
    const allowed = [...reads, ...real().flatMap(callsOf)].filter(([action, target]) =>
      allows(preview, action, target),
    );
    expect(allowed).toStrictEqual([]);
  });

  it("have a boundary within which every role of the program keeps all of its permissions", () => {
    const boundary = policyOf("boundary");
    const cut = plan.ofType("aws:iam/rolePolicy:RolePolicy").flatMap(({ name, inputs }) =>
      (JSON.parse(String(inputs["policy"])).Statement as ReadonlyArray<Statement>).flatMap(({ Action, Resource }) =>
        listed(Action).flatMap((action) =>
          listed(Resource)
            .map(deployed)
            .filter((resource) => !allows(boundary, action, resource))
            .map((resource) => `${name}: ${action} on ${resource}`),
        ),
      ),
    );
    expect(cut).toStrictEqual([]);
    const strangers = [
      ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:floodgate-prod-genesys-client-AbCdEf")],
      ["s3:GetObject", "arn:aws:s3:::the-state/.pulumi/stacks/floodgate/prod.json"],
      ["dynamodb:Query", arn("dynamodb", "table/floodgate-prod-deliveries")],
    ] as const;
    expect(strangers.filter(([action, target]) => allows(boundary, action, target))).toStrictEqual([]);
    const mappings = boundary.filter(({ Action }) => listed(Action).includes("lambda:UpdateEventSourceMapping"));
    expect(mappings.map(({ Condition }) => Object.keys(Condition?.["ArnLike"] ?? {}))).toStrictEqual([
      ["lambda:FunctionArn"],
    ]);
  });
});

describe("the workflows", () => {
  const workflows = readdirSync(".github/workflows").map(
    (name) => [name, parse(readFileSync(`.github/workflows/${name}`, "utf8"))] as const,
  );

  it.each(workflows)("%s pins every action to a commit", (_, { jobs }) => {
    const used = Object.values<{ steps: { uses?: string }[] }>(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ uses }) => uses ?? []),
    );
    expect(used.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toStrictEqual([]);
  });

  it.each(workflows)(
    "%s runs no test and no script of a package where there is a token for AWS",
    (_, { permissions, jobs }) => {
      const withToken = Object.values<{ permissions?: Record<string, string>; steps: { run?: string }[] }>(jobs).filter(
        (job) => (job.permissions ?? permissions)["id-token"] === "write",
      );
      const commands = withToken.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
      // The proof is our own code, which the deploy has just run as well.
      const verify =
        'pulumi stack output --json --stack "$STACK" > outputs.json\nnode cli/main.ts verify --outputs outputs.json\n';
      const allowed = ["npm ci --omit=dev --ignore-scripts", verify];
      expect(commands.filter((run) => !allowed.includes(run))).toStrictEqual([]);
    },
  );
});
