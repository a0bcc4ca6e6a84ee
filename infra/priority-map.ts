import * as pulumi from "@pulumi/pulumi";
import { defaultRules } from "../src/priorities/priority-rule.ts";
import { ListQueuesEnvironment, ReviewQueuePrioritiesEnvironment } from "../src/runtime/environment.ts";
import type { Configuration } from "./configuration/schema.ts";
import { LambdaFunction } from "./constructors/lambda-function.ts";
import { allow } from "./constructors/policies.ts";
import { StateMachine } from "./constructors/state-machine.ts";
import { type Genesys, refreshRequests } from "./genesys.ts";
import type { Storage } from "./storage.ts";

interface PriorityMapArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly genesys: Genesys;
}

const withoutNulls = (value: object): object =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => [name, typeof each === "object" && !Array.isArray(each) ? withoutNulls(each) : each]),
  );

/** The stack's rules, or the default ones; what a rule does not ask for is left out of it. */
export const rulesOf = ({ priorities }: Configuration): ReadonlyArray<object> =>
  priorities.length === 0 ? defaultRules : priorities.map(withoutNulls);

/** The refresh of the queue priority map: list-queues, review-queue-priorities, and the machine that runs them. */
export class PriorityMap extends pulumi.ComponentResource {
  readonly refresh: StateMachine;

  constructor(
    name: string,
    { configuration, storage, genesys }: PriorityMapArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:PriorityMap", name, {}, options);
    const common = { timeoutSeconds: 12, memoryMegabytes: 256, configuration };
    const list = new LambdaFunction(
      "list-queues",
      {
        ...common,
        environment: ListQueuesEnvironment,
        variables: { ...genesys.variables, GENESYS_REQUESTS_PER_MINUTE: String(refreshRequests(configuration)) },
        files: { "priorities.json": JSON.stringify(rulesOf(configuration)) },
        statements: genesys.secretArn.apply((arn) => [allow(["secretsmanager:GetSecretValue"], [arn])]),
      },
      { parent: this },
    );
    const review = new LambdaFunction(
      "review-queue-priorities",
      {
        ...common,
        timeoutSeconds: 20,
        environment: ReviewQueuePrioritiesEnvironment,
        variables: { QUEUE_PRIORITIES_TABLE: storage.queuePriorities.name },
        statements: storage.queuePriorities.arn.apply((arn) => [allow(["dynamodb:GetItem", "dynamodb:Query"], [arn])]),
      },
      { parent: this },
    );
    this.refresh = new StateMachine(
      "refresh-queue-priorities",
      {
        values: {
          ListQueuesFunctionArn: list.function.arn,
          ReviewQueuePrioritiesFunctionArn: review.function.arn,
          QueuePrioritiesTable: storage.queuePriorities.name,
        },
        statements: pulumi
          .all([list.function.arn, review.function.arn, storage.queuePriorities.arn])
          .apply(([listArn, reviewArn, tableArn]) => [
            allow(["lambda:InvokeFunction"], [listArn, reviewArn]),
            allow(["dynamodb:PutItem", "dynamodb:UpdateItem"], [tableArn]),
          ]),
        configuration,
      },
      { parent: this },
    );
    this.registerOutputs({ refresh: this.refresh.machine.arn });
  }
}
