import {
  busNameOf,
  deniesPlainText,
  each,
  eachHas,
  functionOf,
  hasAll,
  type Inputs,
  inputsOf,
  isDeadLetters,
  nameAtEnd,
  type PolicyCheck,
  parse,
  reserves,
  retains,
  statements,
  types,
} from "./policy-check.ts";

const fourteenDays = 14 * 24 * 60 * 60;
const oneDay = 24 * 60 * 60;

const ruleMaySendTo = (queue: string): PolicyCheck["violations"] =>
  each(
    types.queuePolicy,
    (inputs, { name }) =>
      name !== queue ||
      statements(inputs).some(
        ({ Effect, Action, Resource, Condition }: Inputs) =>
          Effect === "Allow" &&
          Action === "sqs:SendMessage" &&
          nameAtEnd(Resource) === queue &&
          Condition.ArnEquals["aws:SourceArn"].endsWith("/genesys-events"),
      ),
  );

/** From the bus to process-batch: bus, archive, rule, target, queues, mappings. */
export const ingestionChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a partner's bus under another name than its source is refused",
    violations: each(
      types.bus,
      ({ name, eventSourceName }) => eventSourceName === undefined || name === eventSourceName,
    ),
  },
  {
    name: "a partner's bus that is not associated with its source receives nothing",
    violations: each(
      types.bus,
      ({ name, eventSourceName }) => name === undefined || eventSourceName?.startsWith("aws.partner/"),
    ),
  },
  {
    name: "a partner's bus that a destroy may remove ends the organisation's events",
    violations: each(types.bus, ({ eventSourceName }, { options }) => eventSourceName === undefined || options.protect),
  },
  {
    name: "a rule of another bus sees no event of Genesys",
    violations: each(types.rule, ({ eventBusName }, _, plan) => eventBusName === busNameOf(plan)),
  },
  {
    name: "a rule whose pattern is missing or above 2,048 bytes is refused, and one without Genesys' prefix matches nothing",
    violations: each(
      types.rule,
      ({ eventPattern }) => eventPattern.length <= 2048 && eventPattern.includes('"aws.partner/genesys.com/cloud/"'),
    ),
  },
  {
    name: "an archive of another bus, of other events or for no time has nothing to replay",
    violations: each(types.archive, ({ eventSourceArn, eventPattern, retentionDays }, _, plan) => {
      const rule = inputsOf(plan, types.rule, "genesys-events");
      return eventSourceArn.includes(":event-bus/") && eventPattern === rule.eventPattern && retentionDays > 0;
    }),
  },
  {
    name: "a target that is not the buffer, or of another rule, sends events elsewhere",
    violations: each(types.target, ({ arn, rule }) => nameAtEnd(arn) === "buffer" && rule === "genesys-events"),
  },
  {
    name: "a target on another bus than its rule is refused",
    violations: each(
      types.target,
      ({ eventBusName }, _, plan) => eventBusName === inputsOf(plan, types.rule, "genesys-events").eventBusName,
    ),
  },
  {
    name: "a target without dead letters loses what the buffer does not take",
    violations: each(types.target, ({ deadLetterConfig }) => nameAtEnd(deadLetterConfig.arn) === "target-dead-letters"),
  },
  {
    name: "a target that tries for less than a day makes dead letters of a short trouble",
    violations: each(
      types.target,
      ({ retryPolicy }) => retryPolicy.maximumEventAgeInSeconds === oneDay && retryPolicy.maximumRetryAttempts === 185,
    ),
  },
  {
    name: "a target that does not wait for the queues' policies loses the first events",
    violations: each(types.target, (_, { options }) =>
      ["buffer", "target-dead-letters"].every((name) => options.dependsOn.includes(`${types.queuePolicy} ${name}`)),
    ),
  },
  {
    name: "a bus without rule, target or archive takes events to nowhere",
    violations: (plan) => [
      ...hasAll([types.rule, "genesys-events"], [types.target, "buffer"])(plan),
      ...(plan.ofType(types.bus).length === 1 ? [] : ["there is no bus, or more than one"]),
    ],
  },
  {
    name: "an archive, or the bus that it needs, which does not outlive the stack's source loses what only it has",
    violations: (plan) => [
      ...each(types.archive, (_, { options }) => options.retainOnDelete === true || !retains(plan))(plan),
      ...each(types.bus, (_, { options }) => options.retainOnDelete === true || !retains(plan))(plan),
    ],
  },
  {
    name: "a queue that takes less than 1 MiB sends larger events to the target's dead letters",
    violations: each(types.queue, ({ maxMessageSize }) => maxMessageSize === 1_048_576),
  },
  {
    name: "a queue that keeps messages for less than 14 days loses them in a long outage",
    violations: each(types.queue, ({ messageRetentionSeconds }) => messageRetentionSeconds === fourteenDays),
  },
  {
    name: "a queue without encryption holds personal data in plain text",
    violations: each(types.queue, ({ sqsManagedSseEnabled }) => sqsManagedSseEnabled === true),
  },
  {
    name: "a buffer without dead letters hands out a message that kills its reader for ever",
    violations: each(types.queue, ({ redrivePolicy }, { name }) => {
      if (isDeadLetters(name)) return true;
      const { maxReceiveCount, deadLetterTargetArn } = parse(redrivePolicy);
      return maxReceiveCount === 10 && nameAtEnd(deadLetterTargetArn) === "buffer-dead-letters";
    }),
  },
  {
    name: "a visibility timeout below six function timeouts and the window delivers a batch twice",
    violations: each(types.mapping, ({ eventSourceArn, functionName, maximumBatchingWindowInSeconds }, _, plan) => {
      const queue = inputsOf(plan, types.queue, nameAtEnd(eventSourceArn));
      const { timeout } = functionOf(plan, nameAtEnd(functionName));
      return queue.visibilityTimeoutSeconds >= 6 * timeout + (maximumBatchingWindowInSeconds ?? 0);
    }),
  },
  {
    name: "a queue without a policy, or whose policy does not deny plain text, can be used without TLS",
    violations: (plan) => [
      ...each(types.queuePolicy, deniesPlainText)(plan),
      ...eachHas(types.queue, types.queuePolicy, ({ name }, { queueUrl }) => nameAtEnd(queueUrl) === name)(plan),
    ],
  },
  { name: "a buffer that the rule may not send to sees no event", violations: ruleMaySendTo("buffer") },
  {
    name: "dead letters that the rule may not send to lose what the buffer does not take",
    violations: ruleMaySendTo("target-dead-letters"),
  },
  {
    name: "a queue that nobody reads keeps its messages until they expire",
    violations: eachHas(types.queue, types.mapping, ({ name }, { eventSourceArn, functionName }) => {
      if (name === "schedule-dead-letters") return true;
      const reader = isDeadLetters(name) ? "park-dead-letters" : "process-batch";
      return nameAtEnd(eventSourceArn) === name && nameAtEnd(functionName) === reader;
    }),
  },
  {
    name: "missed runs that a function takes for events are parked as such; that nobody hears of, they are missed for ever",
    violations: (plan) => [
      ...each(types.mapping, ({ eventSourceArn }) => nameAtEnd(eventSourceArn) !== "schedule-dead-letters")(plan),
      ...hasAll([types.alarm, "runs-missed"])(plan),
    ],
  },
  {
    name: "a mapping without ReportBatchItemFailures repeats or loses whole batches",
    violations: each(types.mapping, ({ functionResponseTypes }) =>
      functionResponseTypes.includes("ReportBatchItemFailures"),
    ),
  },
  {
    name: "a mapping without a maximum concurrency burns receive counts when Lambda is throttled",
    violations: each(types.mapping, ({ scalingConfig }) => scalingConfig.maximumConcurrency >= 2),
  },
  {
    name: "a batch above 10 without a window is refused by Lambda",
    violations: each(
      types.mapping,
      ({ batchSize, maximumBatchingWindowInSeconds }) => batchSize <= 10 || maximumBatchingWindowInSeconds >= 1,
    ),
  },
  {
    name: "a mapping without a batch size takes 10 at a time, and a dead letter that kills takes nine along",
    violations: each(types.mapping, ({ batchSize }, { name }) =>
      isDeadLetters(name) ? batchSize === 1 : batchSize >= 1,
    ),
  },
  {
    name: "a mapping that is switched off delivers nothing",
    violations: each(types.mapping, ({ enabled }, { name }) => enabled === true || isDeadLetters(name)),
  },
  {
    name: "a mapping whose switch is not left alone runs again after any `pulumi up` in the middle of an outage",
    violations: each(
      types.mapping,
      (_, { name, options }) => isDeadLetters(name) || options.ignoreChanges.includes("enabled"),
    ),
  },
  {
    name: "process-batch without reserved concurrency equal to the mapping's maximum can be starved, or starve others",
    violations: each(
      types.mapping,
      ({ scalingConfig }, { name }, plan) =>
        name !== "buffer" ||
        !reserves(plan) ||
        functionOf(plan, "process-batch").reservedConcurrentExecutions === scalingConfig.maximumConcurrency,
    ),
  },
];
