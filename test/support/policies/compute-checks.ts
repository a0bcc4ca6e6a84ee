import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LambdaHandler } from "../../../src/runtime/lambda.ts";
import { each, eachHas, type Inputs, inputsOf, nameAtEnd, type PolicyCheck, reserves, types } from "./policy-check.ts";

type Create = (variables: Readonly<Record<string, string | undefined>>) => LambdaHandler;

const creates = new Map<string, Create>();
for (const name of readdirSync("handlers").map((file) => file.replace(/\.ts$/, ""))) {
  const { create }: { create: Create } = await import(`../../../handlers/${name}.ts`);
  creates.set(name, create);
}

const taskRoot = mkdtempSync(join(tmpdir(), "floodgate-policies-"));

/** What Lambda itself puts into the environment. */
const ofTheRuntime = {
  AWS_REGION: "eu-central-1",
  AWS_LAMBDA_FUNCTION_NAME: "function",
  AWS_ACCESS_KEY_ID: "id",
  AWS_SECRET_ACCESS_KEY: "key",
  LAMBDA_TASK_ROOT: taskRoot,
};

/** Lays the files that a function carries beside its bundle where the handler looks for them. */
const unpack = (archive: Readonly<Record<string, string>>): void => {
  for (const [file, text] of Object.entries(archive)) writeFileSync(join(taskRoot, file), text);
};

const mostBytesOfEnvironment = 4096;

const minutesOf = (expression: string): number => Number(/^rate\((\d+) minutes?\)$/.exec(expression)?.[1]);

/** Lambda's account quota leaves this much for one function in a second's work; below it Node has no room. */
const leastMegabytes = 256;

/** What runs: functions, machines, schedules. */
export const computeChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a function without a variable that its handler asks for ends with an error at every start",
    violations: each(types.function, ({ environment, code }, { name }) => {
      const create = creates.get(name);
      unpack(code.archive);
      return create !== undefined && typeof create({ ...ofTheRuntime, ...environment.variables }) === "function";
    }),
  },
  {
    name: "a function's environment above 4 KB is refused",
    violations: each(
      types.function,
      ({ environment }) => JSON.stringify(environment.variables).length < mostBytesOfEnvironment,
    ),
  },
  {
    name: "a function on another runtime or architecture is not what the bundle was made for",
    violations: each(
      types.function,
      ({ runtime, architectures }) => runtime === "nodejs24.x" && architectures[0] === "arm64",
    ),
  },
  {
    name: "a function without its bundle, or with another handler than it exports, starts nothing",
    violations: each(
      types.function,
      ({ code, handler }) => code.archive["index.mjs"] === "[asset]" && handler === "index.handler",
    ),
  },
  {
    name: "list-queues without the rules gives every queue the same priority",
    violations: each(
      types.function,
      ({ code }, { name }) => name !== "list-queues" || JSON.parse(code.archive["priorities.json"]).length > 0,
    ),
  },
  {
    name: "a function with Lambda's default time ends after 3 seconds",
    violations: each(types.function, ({ timeout }) => timeout >= 10),
  },
  {
    name: "a transform that may run for more than 5 minutes is refused by Firehose",
    violations: each(types.function, ({ timeout }, { name }) => name !== "transform-records" || timeout < 300),
  },
  {
    name: "a function with Lambda's default memory spends its time on collecting garbage",
    violations: each(types.function, ({ memorySize }) => memorySize >= leastMegabytes),
  },
  {
    name: "a function without its own log group logs for ever",
    violations: each(types.function, ({ loggingConfig }, { name }, plan) => {
      return loggingConfig.logGroup === name && inputsOf(plan, types.logGroup, name) !== undefined;
    }),
  },
  {
    name: "a function whose application log level is above INFO loses its metrics, which are lines without a level",
    violations: each(
      types.function,
      ({ loggingConfig }) =>
        loggingConfig.logFormat === "JSON" &&
        loggingConfig.applicationLogLevel === "INFO" &&
        loggingConfig.systemLogLevel === "INFO",
    ),
  },
  {
    name: "enrich-failed-events without reserved concurrency asks Genesys from more containers than the budget is for",
    violations: each(
      types.function,
      ({ reservedConcurrentExecutions }, { name }, plan) =>
        name !== "enrich-failed-events" || reservedConcurrentExecutions === 2 || !reserves(plan),
    ),
  },
  {
    name: "a machine's log destination without `:*` is refused",
    violations: each(types.machine, ({ loggingConfiguration }) => loggingConfiguration.logDestination.endsWith(":*")),
  },
  {
    name: "a machine's log group outside /aws/vendedlogs/ fills the region's resource policy",
    violations: eachHas(types.machine, types.logGroup, ({ name }, { namePrefix }, group) => {
      return group === name && namePrefix.startsWith("/aws/vendedlogs/states/");
    }),
  },
  {
    name: "a machine that logs nothing fails without a word",
    violations: each(types.machine, ({ loggingConfiguration }) => loggingConfiguration.level === "ERROR"),
  },
  {
    name: "a machine that logs execution data logs what its states hold",
    violations: each(types.machine, ({ loggingConfiguration }) => loggingConfiguration.includeExecutionData === false),
  },
  {
    name: "a machine with a placeholder left in it calls nothing",
    violations: each(types.machine, ({ definition }) => !/\$\{\w+\}/.test(definition)),
  },
  {
    name: "a Standard machine is billed for every transition",
    violations: each(
      types.machine,
      ({ type }, { name }) => type === (name === "compact-events" ? "STANDARD" : "EXPRESS"),
    ),
  },
  {
    name: "a machine that no schedule starts never runs",
    violations: (plan) =>
      eachHas(types.machine, types.schedule, ({ name }, { target }) => {
        return name === "retry-failed-events" || nameAtEnd(target.arn) === name;
      })(plan),
  },
  {
    name: "a schedule without dead letters loses runs without a word",
    violations: each(
      types.schedule,
      ({ target }) => nameAtEnd(target.deadLetterConfig.arn) === "schedule-dead-letters",
    ),
  },
  {
    name: "a schedule without a retry, or with retries beyond its own period, misses runs or runs beside its next one",
    violations: each(types.schedule, ({ scheduleExpression, target: { retryPolicy } }) => {
      const seconds = minutesOf(scheduleExpression) * 60;
      const { maximumEventAgeInSeconds, maximumRetryAttempts } = retryPolicy;
      return (
        seconds > 0 &&
        maximumEventAgeInSeconds >= 60 &&
        maximumEventAgeInSeconds <= seconds &&
        maximumRetryAttempts >= 1 &&
        maximumRetryAttempts <= 2
      );
    }),
  },
  {
    name: "a schedule without a setting for its window, or with one as long as its period, is refused or unpunctual",
    violations: each(types.schedule, ({ flexibleTimeWindow, scheduleExpression }) =>
      flexibleTimeWindow.mode === "OFF"
        ? flexibleTimeWindow.maximumWindowInMinutes === undefined
        : flexibleTimeWindow.mode === "FLEXIBLE" &&
          flexibleTimeWindow.maximumWindowInMinutes < minutesOf(scheduleExpression),
    ),
  },
  {
    name: "a schedule outside the stack's group is not what its role trusts",
    violations: each(types.schedule, ({ groupName }) => groupName === "floodgate"),
  },
  {
    name: "a schedule that hands over no JSON starts nothing",
    violations: each(types.schedule, ({ target }: Inputs) => JSON.parse(target.input) !== undefined),
  },
];
