import type { Plan } from "../../../local/plan.ts";
import {
  each,
  type Inputs,
  inputsOf,
  list,
  nameAtEnd,
  type PolicyCheck,
  parse,
  statements,
  types,
} from "./policy-check.ts";

/** The only actions that AWS offers nothing narrower than `*` for (Step Functions guide, logging to CloudWatch). */
const onlyForStar: ReadonlySet<string> = new Set([
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
]);

/** Names that are fixed, each with why a replacement does not trip over it. */
const fixedNames: Readonly<Record<string, string>> = {
  [types.bus]: "EventBridge wants the name of the partner's source; protected, so never replaced",
  [types.logStream]: "lies in a log group of its own, whose name is not fixed",
  [types.database]: "deleted before it is replaced",
  [types.glueTable]: "deleted before it is replaced",
  [types.dashboard]: "deleted before it is replaced",
};

const nameInputs = ["name", "bucket", "roleName", "functionName", "dashboardName"];
/** Where an input of such a name says what the resource belongs to. */
const belongsTo = new Set<string>([
  types.mapping,
  types.bucketPolicy,
  types.publicAccessBlock,
  types.bucketEncryption,
  types.bucketOwnership,
  types.bucketLifecycle,
]);

/** The role of whatever takes one. */
const roleOf: Readonly<Record<string, (inputs: Inputs) => string>> = {
  [types.function]: ({ role }) => role,
  [types.machine]: ({ roleArn }) => roleArn,
  [types.stream]: ({ extendedS3Configuration }) => extendedS3Configuration.roleArn,
  [types.schedule]: ({ target }) => target.roleArn,
};

const everyUser =
  (isRight: (role: string, dependsOn: ReadonlyArray<string>, name: string, plan: Plan) => boolean) =>
  (plan: Plan): ReadonlyArray<string> =>
    Object.entries(roleOf).flatMap(([type, role]) =>
      each(type, (inputs, { name, options }) => isRight(nameAtEnd(role(inputs)), options.dependsOn ?? [], name, plan))(
        plan,
      ),
    );

/** What Athena does for a query that reads lines, writes Parquet or makes a partition, in the caller's name. */
const ofQuery = ({ WorkGroup, QueryExecutionContext: { Database }, ...query }: Inputs): ReadonlyArray<string> => [
  ...(/ALTER TABLE (\w+) SET /.exec(query["QueryString.$"])?.slice(1) ?? []).flatMap((table) =>
    ["catalog", Database, table].map((of) => `glue:UpdateTable ${of}`),
  ),
  ...["StartQueryExecution", "GetQueryExecution", "StopQueryExecution"].map(
    (action) => `athena:${action} ${WorkGroup}`,
  ),
  "athena:GetDataCatalog AwsDataCatalog",
  ...["GetDatabase", "GetTable", "GetPartition", "GetPartitions", "BatchGetPartition"].flatMap((action) => [
    `glue:${action} catalog`,
    `glue:${action} ${Database}`,
  ]),
  ...["GetDatabase", "GetDatabases"].flatMap((action) => [`glue:${action} catalog`, `glue:${action} default`]),
  ...["CreatePartition", "BatchCreatePartition"].flatMap((action) =>
    ["catalog", Database, "compacted_copies"].map((of) => `glue:${action} ${of}`),
  ),
  ...["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"].map((action) => `s3:${action} floodgate-events`),
  ...["type=*", "excess=*"].map((objects) => `s3:GetObject ${objects}`),
];

/** A call as `<action> <name of what it is about>`. */
const callsOf = (state: Inputs): ReadonlyArray<string> => {
  if (state.Type === "Map") return Object.values(state.ItemProcessor.States).flatMap(callsOf);
  if (state.Type !== "Task") return [];
  const [service = "", operation = ""] = state.Resource.slice("arn:aws:states:::".length)
    .replace("aws-sdk:", "")
    .split(":");
  const { FunctionName, StateMachineArn, Uuid, TableName } = state.Parameters;
  if (operation === "startQueryExecution.sync") return ofQuery(state.Parameters);
  // Objects are granted by a prefix, which is left out here as every wildcard.
  if (operation === "putObject") return [];
  if (operation === "invoke") return [`lambda:InvokeFunction ${nameAtEnd(FunctionName)}`];
  const about = [StateMachineArn, Uuid, TableName].find((arn) => arn !== undefined);
  return [`${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)} ${nameAtEnd(about)}`];
};

const grantsOf = (plan: Plan, role: string): ReadonlyArray<string> =>
  statements(inputsOf(plan, types.rolePolicy, role)).flatMap(({ Action, Resource }: Inputs) =>
    list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${nameAtEnd(resource)}`)),
  );

const trustOf = ({ assumeRolePolicy }: Inputs): Inputs => parse(assumeRolePolicy).Statement[0];

/** Who may do what, and what nobody may see. */
export const accessChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "an action with a wildcard allows what nobody has looked at",
    violations: each(types.rolePolicy, (inputs) =>
      statements(inputs).every(({ Action }: Inputs) => list(Action).every((action) => !action.includes("*"))),
    ),
  },
  {
    name: "a resource of `*` is everybody's, and a wildcard within one has to end it",
    violations: each(types.rolePolicy, (inputs) =>
      statements(inputs).every(({ Action, Resource }: Inputs) =>
        list(Resource).every((resource) =>
          resource === "*" ? list(Action).every((action) => onlyForStar.has(action)) : /^[^*]+[:/]?\*?$/.test(resource),
        ),
      ),
    ),
  },
  {
    name: "a role that a service can take for somebody else is a confused deputy",
    violations: each(types.role, (inputs) => {
      const { Principal, Condition } = trustOf(inputs);
      // Lambda documents no condition for execution roles.
      return Principal.Service === "lambda.amazonaws.com" || Condition !== undefined;
    }),
  },
  {
    name: "a schedule's role that does not name the group's ARN cannot be taken by Scheduler",
    violations: each(types.role, (inputs) => {
      const { Principal, Condition } = trustOf(inputs);
      return (
        Principal.Service !== "scheduler.amazonaws.com" ||
        Condition.StringEquals["aws:SourceArn"].includes(":schedule-group/")
      );
    }),
  },
  {
    name: "a role without its policy, or a policy on another's role, lets its user do nothing",
    violations: each(types.role, (_, { name }, plan) => inputsOf(plan, types.rolePolicy, name).role === name),
  },
  {
    name: "whoever shares a role has more permissions than it needs",
    violations: everyUser(
      (role, _, name) => role === name || role === `schedule-${name}` || role === "delivery-stream",
    ),
  },
  {
    name: "what does not wait for its role's policy starts without permissions",
    violations: everyUser((role, dependsOn) => dependsOn.includes(`${types.rolePolicy} ${role}`)),
  },
  {
    name: "a machine that may not deliver its logs is refused",
    violations: each(types.machine, (_, { name }, plan) => {
      const granted = new Set(grantsOf(plan, name));
      return [...onlyForStar].every((action) => granted.has(`${action} *`));
    }),
  },
  {
    name: "a machine that may do less than its states call fails, and one that may do more is more than it is",
    violations: each(types.machine, ({ definition }, { name }, plan) => {
      const calls = new Set(Object.values(parse(definition).States).flatMap(callsOf));
      const granted = new Set(grantsOf(plan, name).filter((grant) => !grant.endsWith(" *")));
      return calls.size > 0 && [...calls].toSorted().join() === [...granted].toSorted().join();
    }),
  },
  {
    name: "a schedule that may not start its machine or write its dead letters does neither",
    violations: each(types.schedule, ({ target }, _, plan) => {
      const granted = grantsOf(plan, nameAtEnd(target.roleArn));
      return (
        granted.includes(`states:StartExecution ${nameAtEnd(target.arn)}`) &&
        granted.includes(`sqs:SendMessage ${nameAtEnd(target.deadLetterConfig.arn)}`)
      );
    }),
  },
  {
    name: "a stream that may not write its bucket, invoke its transform or log delivers nothing",
    violations: each(types.stream, ({ extendedS3Configuration }, _, plan) => {
      const granted = grantsOf(plan, nameAtEnd(extendedS3Configuration.roleArn)).map((grant) => grant.split(" ")[0]);
      return ["s3:PutObject", "s3:GetBucketLocation", "lambda:InvokeFunction", "logs:PutLogEvents"].every((action) =>
        granted.includes(action),
      );
    }),
  },
  {
    name: "a secret that is not written by the write-only argument stands in Pulumi's state",
    violations: each(
      types.secretVersion,
      ({ secretString, secretStringWo, secretStringWoVersion, secretId }, { name }) =>
        secretString === undefined && secretStringWo === "[secret]" && secretStringWoVersion > 0 && secretId === name,
    ),
  },
  {
    name: "a salt that is drawn again shows a change in every preview",
    violations: each(
      types.secretVersion,
      (_, { name, options }) => name !== "redaction-salt" || options.ignoreChanges.includes("secretStringWo"),
    ),
  },
  {
    name: "a salt that goes with the stack makes equal values different",
    violations: each(
      types.secret,
      (_, { name, options }, plan) =>
        name !== "redaction-salt" ||
        options.retainOnDelete === true ||
        inputsOf(plan, types.bucket, "events").forceDestroy === true,
    ),
  },
  {
    name: "a fixed name is in the way of a replacement, or of a second stack",
    violations: (plan) =>
      plan.all
        .filter(({ type, inputs, options }) => {
          const isFixed = !belongsTo.has(type) && nameInputs.some((name) => inputs[name] !== undefined);
          const isBefore = options?.["deleteBeforeReplace"] === true || type === types.bus || type === types.logStream;
          return type.startsWith("aws:") && isFixed && !(type in fixedNames && isBefore);
        })
        .map(({ type, name }) => `${type} ${name}`),
  },
];
