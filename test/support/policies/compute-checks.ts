import {
  deniesPlainText,
  each,
  type Inputs,
  list,
  onlyForStar,
  type PolicyCheck,
  parse,
  statements,
  types,
} from "./policy-check.ts";

/** What runs, and who may do what: functions, machines, schedules, rules, roles, alarms. */
export const computeChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a function without its own log group logs for ever",
    violations: each(types.function, ({ loggingConfig }) => loggingConfig.logGroup.length > 0),
  },
  {
    name: "a function's environment above 4 KB is refused, and one with a secret shows it to everybody who may look",
    violations: each(types.function, ({ environment }) => {
      const text = JSON.stringify(environment.variables);
      return text.length < 4096 && !text.includes("[secret]");
    }),
  },
  {
    name: "a function on another runtime or architecture is not what the bundle was made for",
    violations: each(
      types.function,
      ({ runtime, architectures }) => runtime === "nodejs24.x" && architectures[0] === "arm64",
    ),
  },
  {
    name: "a log group without retention grows for ever",
    violations: each(types.logGroup, ({ retentionInDays }) => retentionInDays > 0),
  },
  {
    name: "a machine's log destination without `:*` is refused, and one outside /aws/vendedlogs/ fills the region's policy",
    violations: (plan) => [
      ...each(types.machine, ({ loggingConfiguration }) => loggingConfiguration.logDestination.endsWith(":*"))(plan),
      ...plan
        .ofType(types.machine)
        .filter(({ name }) => {
          const group: Inputs = plan.ofType(types.logGroup).find((each) => each.name === name)?.inputs;
          return !String(group?.namePrefix).startsWith("/aws/vendedlogs/states/");
        })
        .map(({ name }) => name),
    ],
  },
  {
    name: "a machine that logs execution data logs what its states hold",
    violations: each(types.machine, ({ loggingConfiguration }) => loggingConfiguration.includeExecutionData === false),
  },
  {
    name: "a machine with a placeholder left in it calls nothing",
    violations: each(types.machine, ({ definition, type }) => type === "EXPRESS" && !/\$\{\w+\}/.test(definition)),
  },
  {
    name: "a schedule without dead letters, or with retries beyond its own period, loses runs or runs twice",
    violations: each(
      types.schedule,
      ({ target }) => target.deadLetterConfig.arn.length > 0 && target.retryPolicy.maximumEventAgeInSeconds >= 60,
    ),
  },
  {
    name: "a rule's target without dead letters loses what the queue does not take",
    violations: each(
      types.target,
      ({ deadLetterConfig, eventBusName }) =>
        deadLetterConfig.arn.endsWith("target-dead-letters") && eventBusName.length > 0,
    ),
  },
  {
    name: "a rule of the default bus sees no event of Genesys",
    violations: each(
      "aws:cloudwatch/eventRule:EventRule",
      ({ eventBusName, eventPattern }) => eventBusName.length > 0 && eventPattern.length <= 2048,
    ),
  },
  {
    name: "an action with a wildcard allows what nobody has looked at",
    violations: each(types.rolePolicy, (inputs) =>
      statements(inputs).every(({ Action }: Inputs) => list(Action).every((action) => !action.includes("*"))),
    ),
  },
  {
    name: "a resource with a wildcard is somebody else's as well",
    violations: each(types.rolePolicy, (inputs) =>
      statements(inputs).every(
        ({ Action, Resource }: Inputs) => !list(Resource).includes("*") || list(Action).every(onlyForStar),
      ),
    ),
  },
  {
    name: "a role that a service can take for somebody else is a confused deputy",
    violations: each(types.role, ({ assumeRolePolicy }) => {
      const [statement] = parse(assumeRolePolicy).Statement;
      return statement.Principal.Service === "lambda.amazonaws.com" || statement.Condition !== undefined;
    }),
  },
  {
    name: "an alarm without a topic wakes nobody",
    violations: each(
      types.alarm,
      ({ alarmActions, treatMissingData }) => alarmActions.length > 0 && treatMissingData === "notBreaching",
    ),
  },
  {
    name: "a topic whose policy does not deny plain text can be published to without TLS",
    violations: each(types.topicPolicy, deniesPlainText),
  },
];
