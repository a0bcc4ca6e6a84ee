import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as t from "io-ts";
import { inputsOf, type Plan, type PlannedResource, planOf } from "../../local/plan.ts";
import type { Variant } from "../../local/simulation/simulation.ts";
import { parseJson } from "../../local/text.ts";
import { evaluatePlan } from "../plan/evaluate-plan.ts";

/** Limits that are small, so that what is rare in operation is common here. */
const small = 'floodgate:processing={"batchSize":10,"batchingWindowSeconds":1,"maximumConcurrency":3}';
const often = 'floodgate:priorityMap={"refreshMinutes":5}';

interface Choice {
  readonly name: string;
  readonly configuration: ReadonlyArray<string>;
  /**
   * Messages come back soon and become dead letters when they have come back once, and Firehose gives up a transform after
   * two tries; no configuration has it so.
   */
  readonly givesUpSoon?: true;
}

/** The configurations that seeds choose from, on top of the stack's own. */
const choices: ReadonlyArray<Choice> = [
  { name: "as the stack has it", configuration: [often] },
  {
    name: "small batches, a strict limit",
    givesUpSoon: true,
    configuration: [
      small,
      often,
      'floodgate:admission={"maxEventsPerQueuePerSecond":1}',
      'floodgate:enrichment={"mode":"required","maxDelayMinutes":5}',
      'floodgate:retry={"maximumEventAgeDays":1}',
    ],
  },
  {
    name: "values are redacted, excess is dropped",
    givesUpSoon: true,
    configuration: [
      small,
      often,
      'floodgate:admission={"maxEventsPerQueuePerSecond":1,"excess":"drop"}',
      'floodgate:delivery={"bufferSeconds":60,"shards":3,"redact":["ani"]}',
    ],
  },
  {
    name: "excess and unknown queues are dropped",
    configuration: [
      often,
      'floodgate:admission={"maxEventsPerQueuePerSecond":2,"excess":"drop","unknownQueue":"drop"}',
    ],
  },
  {
    name: "values are redacted, unknown queues are set aside",
    givesUpSoon: true,
    configuration: [
      small,
      often,
      'floodgate:admission={"maxEventsPerQueuePerSecond":2,"unknownQueue":"drop"}',
      'floodgate:delivery={"bufferSeconds":60,"shards":2,"redact":["ani"]}',
    ],
  },
  {
    name: "values are redacted, more is admitted",
    configuration: [often, 'floodgate:delivery={"bufferSeconds":60,"shards":4,"redact":["ani"]}'],
  },
  {
    name: "names where they are to be had",
    configuration: [
      often,
      'floodgate:enrichment={"mode":"bestEffort"}',
      'floodgate:delivery={"bufferSeconds":60,"shards":4}',
    ],
  },
];

const Limits = t.type({ environment: t.type({ variables: t.record(t.string, t.string) }) });

/** What the judge has to know of the configuration: read from what the program declares. */
const rulesOf = (plan: Plan): Variant["rules"] => {
  const transform = plan.ofType("aws:lambda/function:Function").find(({ name }) => name === "transform-records");
  if (transform === undefined) throw new Error("the program declares no function transform-records");
  const { variables } = inputsOf(Limits, transform).environment;
  return {
    perQueueAndSecond: Number(variables["MAX_EVENTS_PER_QUEUE_PER_SECOND"]),
    dropsUnknown: variables["UNKNOWN_QUEUE"] === "drop",
    storesExcess: variables["EXCESS"] === "store",
    redacts: plan.ofType("aws:secretsmanager/secret:Secret").some(({ name }) => name === "redaction-salt"),
  };
};

const Redrive = t.type({ deadLetterTargetArn: t.string });

const fewReceives = (inputs: Inputs): Inputs => {
  const redrive = parseJson(String(inputs["redrivePolicy"]));
  if (!Redrive.is(redrive)) return inputs;
  const redrivePolicy = JSON.stringify({ ...redrive, maxReceiveCount: 2 });
  return { ...inputs, redrivePolicy, visibilityTimeoutSeconds: 120 };
};

const retries = /("parameterName":"NumberOfRetries","parameterValue":")\d+/g;

const fewTries = (inputs: Inputs): Inputs => {
  const changed: unknown = JSON.parse(JSON.stringify(inputs).replaceAll(retries, (_, head: string) => `${head}1`));
  return t.UnknownRecord.is(changed) ? changed : inputs;
};

type Inputs = PlannedResource["inputs"];

const changes: Readonly<Record<string, (inputs: Inputs) => Inputs>> = {
  "aws:sqs/queue:Queue buffer": fewReceives,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream events": fewTries,
};

const givingUpSoon = ({ all }: Plan): Plan =>
  planOf(
    all.map((resource) => {
      const change = changes[`${resource.type} ${resource.name}`];
      return change === undefined ? resource : { ...resource, inputs: change(resource.inputs) };
    }),
  );

const evaluate = async (
  stack: string,
  { name, configuration, givesUpSoon }: Choice,
  given: ReadonlyArray<string>,
): Promise<Variant> => {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-plan-"));
  const outputsFile = join(folder, "outputs.json");
  try {
    const planned = await evaluatePlan(stack, [...configuration, ...given], outputsFile);
    const plan = givesUpSoon === true ? givingUpSoon(planned) : planned;
    return { name, plan, rules: rulesOf(plan), outputs: JSON.parse(readFileSync(outputsFile, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Evaluates the configurations of a stack that seeds choose from; with values of the user's own there is only the one. */
export const evaluateVariants = async (
  stack: string,
  genesys: ReadonlyArray<string>,
  given: ReadonlyArray<string>,
): Promise<ReadonlyArray<Variant>> => {
  const own = { name: "as given", configuration: [] };
  const chosen = given.length === 0 ? choices : [own];
  return await Promise.all(chosen.map((choice) => evaluate(stack, choice, [...genesys, ...given])));
};
