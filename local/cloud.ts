import { join } from "node:path";
import type { Clock } from "./clock.ts";
import { type Faults, Gateway } from "./gateway.ts";
import { LocalGenesys } from "./genesys/local-genesys.ts";
import { loadHandler } from "./load-handler.ts";
import { MessageBuffer } from "./models/buffer.ts";
import { Bus } from "./models/bus.ts";
import { type Create, Functions } from "./models/functions.ts";
import { Machines } from "./models/machines.ts";
import { EventSourceMapping } from "./models/mapping.ts";
import { Metrics } from "./models/metrics.ts";
import { Objects } from "./models/objects.ts";
import { startSchedules } from "./models/scheduler.ts";
import { DeliveryStream } from "./models/stream.ts";
import { Tables } from "./models/tables.ts";
import { genesysPath } from "./operation-of.ts";
import type { Plan } from "./plan.ts";
import { operationsOf } from "./services.ts";

/** What of a handler's log the local cloud keeps: the line, and the function that wrote it. */
export interface LogLine {
  readonly functionName: string;
  readonly text: string;
}

export interface Cloud {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly queues: ReadonlyMap<string, MessageBuffer>;
  readonly mappings: ReadonlyArray<EventSourceMapping>;
  /** The mapping through which events reach the pipeline; the others read dead-letter queues. */
  readonly mapping: EventSourceMapping;
  readonly streams: ReadonlyMap<string, DeliveryStream>;
  readonly functions: Functions;
  readonly machines: Machines;
  readonly genesys: LocalGenesys;
  readonly tables: Tables;
  readonly objects: Objects;
  readonly gateway: Gateway;
  readonly logs: ReadonlyArray<LogLine>;
  readonly metrics: Metrics;
  readonly notSimulated: ReadonlyArray<string>;
  readonly endpoint: string;
  /** Base URL of the Genesys that handlers call; undefined: the stack's own organisation. */
  readonly genesysUrl: string | undefined;
  readonly stop: () => void;
}

export interface CloudOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly isVirtual: boolean;
  /** Where objects are written: `<out>/s3/<bucket>/<key>`. */
  readonly out: string;
  readonly load?: (name: string) => Promise<Create>;
  readonly faults?: Faults;
  /** A Genesys other than the local one; without a base URL that of the stack's own domain. */
  readonly genesys?: OtherGenesys;
  /** How long after an event its archive has it, in milliseconds; absent: ten minutes. */
  readonly archiveLag?: number;
  /** Port of the gateway; 0: any. */
  readonly port?: number;
}

export interface OtherGenesys {
  readonly baseUrl: string | undefined;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}

/** What AWS asks to leave between an event and its replay. */
const archiveLag = 10 * 60_000;

const modelled = new Set([
  "aws:cloudwatch/eventBus:EventBus",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:dynamodb/table:Table",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  "aws:lambda/eventSourceMapping:EventSourceMapping",
  "aws:lambda/function:Function",
  "aws:s3/bucket:Bucket",
  "aws:scheduler/schedule:Schedule",
  "aws:scheduler/scheduleGroup:ScheduleGroup",
  "aws:secretsmanager/secret:Secret",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:sfn/stateMachine:StateMachine",
  "aws:sqs/queue:Queue",
]);

const isAws = ({ type }: { readonly type: string }): boolean => type.startsWith("aws:");

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

const buildQueues = (plan: Plan, clock: Clock): ReadonlyMap<string, MessageBuffer> => {
  const queues = new Map(
    plan.ofType("aws:sqs/queue:Queue").map((resource) => [resource.name, new MessageBuffer(resource, clock)]),
  );
  for (const queue of queues.values()) {
    const deadLetters = queue.deadLetterArn === undefined ? undefined : queues.get(nameOf(queue.deadLetterArn));
    if (deadLetters !== undefined) queue.connect(deadLetters);
  }
  return queues;
};

const buildMappings = (
  plan: Plan,
  queues: ReadonlyMap<string, MessageBuffer>,
  functions: Functions,
  clock: Clock,
): ReadonlyArray<EventSourceMapping> =>
  plan.ofType("aws:lambda/eventSourceMapping:EventSourceMapping").map((resource) => {
    const queue = queues.get(nameOf(EventSourceMapping.bufferArn(resource)));
    if (queue === undefined) throw new Error(`the mapping ${resource.name} reads a queue that is not declared`);
    return new EventSourceMapping(resource, queue, functions, clock);
  });

/** Credentials of the local Genesys: a client id with dashes, as Genesys makes them. */
const localCredentials = { clientId: "c11e27ab-0000-4000-8000-000000000001", clientSecret: "local-secret+/=" };

const buildStreams = (plan: Plan, functions: Functions, objects: Objects, clock: Clock) =>
  plan
    .ofType("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream")
    .map((resource) => [resource.name, new DeliveryStream(resource, functions, objects, clock)] as const);

const genesysUrlOf = ({ genesys }: CloudOptions, endpoint: string): string | undefined =>
  genesys === undefined ? `${endpoint}${genesysPath}` : genesys.baseUrl;

const loadFunctions = (
  options: CloudOptions,
  { endpoint, accessKey }: { readonly endpoint: string; readonly accessKey: string },
  onLog: (functionName: string, text: string) => void,
): Promise<Functions> =>
  Functions.load({
    plan: options.plan,
    clock: options.clock,
    endpoint,
    accessKey,
    region: "eu-central-1",
    genesys: genesysUrlOf(options, endpoint),
    folder: join(options.out, "functions"),
    onLog,
    load: options.load ?? loadHandler,
  });

/** Builds the models of everything that the plan declares, and connects them as the plan says. */
export const startCloud = async (options: CloudOptions): Promise<Cloud> => {
  const { plan, clock } = options;
  const objects = new Objects(join(options.out, "s3"));
  const tables = await Tables.load(plan, clock);
  const streams = new Map<string, DeliveryStream>();
  const credentials = options.genesys?.credentials ?? localCredentials;
  const genesys = new LocalGenesys({ clock, credentials });
  const queues = buildQueues(plan, clock);
  const bus = new Bus(plan, queues, options.archiveLag ?? archiveLag);
  const metrics = new Metrics(clock);
  let built: Machines | undefined;
  let mappings: ReadonlyArray<EventSourceMapping> = [];
  const machinesOnceBuilt = (): Machines => {
    if (built === undefined) throw new Error("the local cloud is not complete yet");
    return built;
  };
  const operations = operationsOf({
    tables,
    objects,
    streams,
    genesys,
    secret: JSON.stringify({ ...credentials, salt: "local-salt" }),
    queues: () => queues,
    machines: machinesOnceBuilt,
    mappings: () => mappings,
    bus: () => bus,
    metrics,
  });
  const gateway = new Gateway(operations, clock, options.isVirtual);
  const endpoint = await gateway.listen(options.port);
  const logs: LogLine[] = [];
  const functions = await loadFunctions(options, { endpoint, accessKey: gateway.accessKey }, (functionName, text) => {
    logs.push({ functionName, text });
    metrics.read(text);
  });
  const machines = new Machines(plan, functions, tables, () => mappings, clock);
  built = machines;
  gateway.functions = functions;
  gateway.faults = options.faults ?? gateway.faults;
  for (const [name, stream] of buildStreams(plan, functions, objects, clock)) streams.set(name, stream);
  mappings = buildMappings(plan, queues, functions, clock);
  startSchedules(plan, machines, clock);
  const mapping = mappings.find(({ functionName }) => functionName === "process-batch");
  if (mapping === undefined) throw new Error("the program declares no event source mapping for process-batch");
  return {
    clock,
    bus,
    metrics,
    queues,
    mappings,
    mapping,
    streams,
    functions,
    machines,
    genesys,
    tables,
    objects,
    gateway,
    logs,
    notSimulated: [...new Set(plan.all.filter(isAws).map(({ type }) => type))].filter((type) => !modelled.has(type)),
    endpoint,
    genesysUrl: genesysUrlOf(options, endpoint),
    stop: () => {
      gateway.close();
      // In real time a handler may still be at work, and what it prints is no output of the command.
      if (options.isVirtual) functions.restoreOutput();
      clock.stop();
    },
  };
};
