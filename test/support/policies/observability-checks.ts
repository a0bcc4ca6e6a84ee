import { alarmName } from "../../../infra/alarms/alarm-row.ts";
import { alarmTable } from "../../../infra/alarms/alarm-table.ts";
import type { Plan } from "../../../local/plan.ts";
import { knownMetrics } from "./known-metrics.ts";
import {
  busNameOf,
  deniesPlainText,
  each,
  eachHas,
  type Inputs,
  inputsOf,
  nameAtEnd,
  type PolicyCheck,
  parse,
  statements,
  types,
} from "./policy-check.ts";

const isOfThePlan = (plan: Plan, dimension: string, value: string): boolean => {
  const has = (type: string): boolean => plan.ofType(type).some(({ name }) => name === nameAtEnd(value));
  switch (dimension) {
    case "QueueName":
      return has(types.queue);
    case "FunctionName":
    case "service":
      return has(types.function);
    case "StateMachineArn":
      return has(types.machine);
    case "DeliveryStreamName":
      return has(types.stream);
    case "RuleName":
      return has(types.rule);
    case "EventBusName":
      return value === busNameOf(plan);
    default:
      return false;
  }
};

const hasGenesys = (plan: Plan): boolean => inputsOf(plan, types.machine, "refresh-queue-priorities") !== undefined;

const compacts = (plan: Plan): boolean => inputsOf(plan, types.machine, "compact-events") !== undefined;

const ofGenesys = new Set(["genesys-unavailable", "genesys-refused", "map-age", "map-missing", "refresh-failures"]);

const genesysAlarmNames = new Set(
  alarmTable
    .filter(({ name }) => ofGenesys.has(name))
    .flatMap((row) => row.watches.map((watched) => alarmName(row, watched))),
);

const topicArn = (plan: Plan): string => inputsOf(plan, types.topicPolicy, "alarms").arn;

const parseTags = (value: Inputs): Inputs => (typeof value === "string" ? JSON.parse(value) : value);

const oneDay = 24 * 60 * 60;

const logs = [types.function, types.machine, types.stream];

/** Only then does anybody know when events are to be expected. */
const hasPartner = (plan: Plan): boolean =>
  plan.ofType("aws:cloudwatch/eventBus:EventBus").some(({ inputs }) => inputs["eventSourceName"] !== undefined);

/** What somebody hears of, and what can be looked up afterwards. */
export const observabilityChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a failure mode without an alarm is found by a customer",
    violations: (plan) =>
      alarmTable
        .filter(({ name }) => hasGenesys(plan) || !ofGenesys.has(name))
        .filter(({ name }) => compacts(plan) || name !== "compaction-failed")
        .filter(({ isWanted }) => isWanted === undefined || hasPartner(plan))
        .flatMap((row) => row.watches.map((watched) => alarmName(row, watched)))
        .filter((name) => inputsOf(plan, types.alarm, name) === undefined)
        .map((name) => `there is no alarm ${name}`),
  },
  {
    name: "an alarm of what a stack does not have rings for nothing",
    violations: each(types.alarm, (_, { name }, plan) => hasGenesys(plan) || !genesysAlarmNames.has(name)),
  },
  {
    name: "an alarm without a topic wakes nobody, and nobody hears that it is over",
    violations: each(
      types.alarm,
      ({ alarmActions, okActions }, _, plan) => alarmActions[0] === topicArn(plan) && okActions[0] === topicArn(plan),
    ),
  },
  {
    name: "an alarm that takes silence for a failure rings all night, and one of the minute's run that does not never rings",
    violations: each(
      types.alarm,
      ({ treatMissingData }, { name }) =>
        treatMissingData === (name === "redrive-stopped" ? "breaching" : "notBreaching"),
    ),
  },
  {
    name: "an alarm on a metric or a dimension that nobody publishes never rings",
    violations: each(types.alarm, ({ namespace, metricName, dimensions }, _, plan) => {
      const known = knownMetrics[`${namespace} ${metricName}`]?.dimensions;
      return (
        Object.keys(dimensions).toSorted().join() === known?.join() &&
        Object.entries(dimensions).every(([name, value]) => isOfThePlan(plan, name, String(value)))
      );
    }),
  },
  {
    name: "an alarm with a threshold beyond what its metric reaches never rings",
    violations: each(types.alarm, ({ threshold, comparisonOperator, namespace, metricName }) => {
      if (comparisonOperator === "LessThanThreshold") return threshold === 1;
      return (
        comparisonOperator.startsWith("GreaterThan") &&
        threshold <= (knownMetrics[`${namespace} ${metricName}`]?.most ?? -1)
      );
    }),
  },
  {
    name: "an alarm that looks at more than a day, or at another time than its statistic is for, is refused",
    violations: each(
      types.alarm,
      ({ period, statistic, evaluationPeriods }) =>
        evaluationPeriods >= 1 &&
        period >= 60 &&
        period * evaluationPeriods <= oneDay &&
        ["Sum", "Maximum", "Minimum", "Average", "SampleCount"].includes(statistic),
    ),
  },
  {
    name: "an alarm on a sum of metrics is silent until each of them has been published",
    violations: each(types.alarm, ({ metricQueries }) => metricQueries === undefined),
  },
  {
    name: "an alarm that does not say what to run first leaves whoever it wakes alone",
    violations: each(types.alarm, ({ alarmDescription }) => / First: (npx floodgate|aws) /.test(alarmDescription)),
  },
  {
    name: "a topic whose policy does not deny plain text can be published to without TLS",
    violations: each(types.topicPolicy, deniesPlainText),
  },
  {
    name: "a topic that alarms may not publish to stays silent",
    violations: each(types.topicPolicy, (inputs) =>
      statements(inputs).some(
        ({ Effect, Principal, Action, Resource }: Inputs) =>
          Effect === "Allow" &&
          Principal.Service === "cloudwatch.amazonaws.com" &&
          Action === "sns:Publish" &&
          Resource === inputs.arn,
      ),
    ),
  },
  {
    name: "a topic without a policy lets nobody publish",
    violations: eachHas(types.topic, types.topicPolicy, ({ name }, { arn }) => nameAtEnd(arn) === name),
  },
  {
    name: "an address that is subscribed to another topic, or by another protocol, gets no alarm",
    violations: each(
      types.topicSubscription,
      ({ topic, protocol, endpoint }, _, plan) =>
        topic === topicArn(plan) && protocol === "email" && endpoint.includes("@"),
    ),
  },
  {
    name: "a log group without retention grows for ever",
    violations: each(types.logGroup, ({ retentionInDays }) => retentionInDays > 0),
  },
  {
    name: "what has no log group of its own logs for ever, or nowhere",
    violations: (plan) =>
      logs.flatMap((type) =>
        eachHas(
          type,
          types.logGroup,
          ({ name }, _, group) => group === (type === types.stream ? "delivery-stream" : name),
        )(plan),
      ),
  },
  {
    name: "a dashboard with a metric that nobody publishes has an empty panel",
    violations: each(types.dashboard, ({ dashboardBody }, _, plan) => {
      const { widgets } = parse(dashboardBody);
      return (
        widgets.length >= 8 &&
        widgets.every(({ properties: { metrics, region, title } }: Inputs) => {
          const are = metrics.every(([namespace, metric, dimension, value]: ReadonlyArray<string>) => {
            const known = knownMetrics[`${namespace} ${metric}`]?.dimensions ?? [];
            return known.includes(dimension ?? "") && isOfThePlan(plan, dimension ?? "", value ?? "");
          });
          return are && region === "eu-central-1" && title.length > 0;
        })
      );
    }),
  },
  {
    name: "resources without the stack's tags can be neither billed nor found",
    violations: each(
      types.provider,
      ({ defaultTags }) =>
        typeof parseTags(defaultTags).tags.project === "string" &&
        typeof parseTags(defaultTags).tags.stack === "string",
    ),
  },
];
