import { join } from "node:path";
import * as t from "io-ts";
import type { Clock } from "./clock.ts";
import { Gateway } from "./gateway.ts";
import { genesysPath } from "./gateway-requests.ts";
import { LocalGenesys } from "./genesys/local-genesys.ts";
import { Athena } from "./models/athena.ts";
import { MessageBuffer } from "./models/buffer.ts";
import { Bus } from "./models/bus.ts";
import { Functions } from "./models/functions.ts";
import type { Create } from "./models/local-function.ts";
import { Machines } from "./models/machines.ts";
import { EventSourceMapping } from "./models/mapping.ts";
import { Metrics } from "./models/metrics.ts";
import { Objects } from "./models/objects.ts";
import { startSchedules } from "./models/scheduler.ts";
import { DeliveryStream } from "./models/stream.ts";
import { Tables } from "./models/tables.ts";
import type { Plan } from "./plan.ts";
import type { Faults } from "./service.ts";
import { operationsOf } from "./services.ts";
import { nameOf } from "./text.ts";

/** What of a handler's log the local cloud keeps: the line, and the function that wrote it. */
interface LogLine {
  readonly functionName: string;
  readonly text: string;
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>;

export interface CloudOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly isVirtual: boolean;
  /** What handlers print while and after the cloud is stopped is no output of the command either. */
  readonly keepsOutput?: boolean;
  /** Where objects are written: `<out>/s3/<bucket>/<key>`. */
  readonly out: string;
  readonly load?: (name: string) => Promise<Create>;
  readonly faults?: Faults;
  /** For tests: told every request that is served. */
  readonly onRequest?: Gateway["onRequest"];
  /** A Genesys other than the local one; without a base URL that of the stack's own domain. */
  readonly genesys?: OtherGenesys;
  /** How long after an event its archive has it, in milliseconds; absent: ten minutes. */
  readonly archiveLag?: number;
  /** Lambda's concurrency of the account; absent: 1,000. */
  readonly accountConcurrency?: number;
  /** Port of the gateway; 0: any. */
  readonly port?: number;
}

export interface OtherGenesys {
  readonly baseUrl: string | undefined;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
}

/** What AWS asks to leave between an event and its replay. */
const archiveLag = 10 * 60_000;

/** Types of resources that have a model here, or need none. */
const modelled = new Set(
  `EventBus EventRule EventTarget Table FirehoseDeliveryStream EventSourceMapping Function Bucket Schedule ScheduleGroup
  Secret SecretVersion StateMachine Queue`.split(/\s+/),
);

/** The function that sets queue entries aside stores them. */
const isStoring = t.type({ environment: t.type({ variables: t.type({ EXCESS: t.literal("store") }) }) });

const isAws = ({ type }: { readonly type: string }): boolean => type.startsWith("aws:");

const buildBuffers = (plan: Plan, clock: Clock): ReadonlyMap<string, MessageBuffer> => {
  const buffers = new Map<string, MessageBuffer>();
  for (const resource of plan.ofType("aws:sqs/queue:Queue"))
    buffers.set(resource.name, new MessageBuffer(resource, clock, buffers));
  return buffers;
};

/** Credentials of the local Genesys: a client id with dashes, as Genesys makes them. */
const localCredentials = { clientId: "c11e27ab-0000-4000-8000-000000000001", clientSecret: "local-secret+/=" };

/** The very modules that are bundled for Lambda. */
const loadHandler = async (name: string): Promise<Create> => {
  const { create }: { readonly create?: Create } = await import(`../handlers/${name}.ts`);
  if (create === undefined) throw new Error(`handlers/${name}.ts exports no create`);
  return create;
};

/** Builds the models of everything that the plan declares, and connects them as the plan says. */
export const startCloud = async (options: CloudOptions) => {
  const { plan, clock, isVirtual } = options;
  const gateway = new Gateway(clock, isVirtual);
  const endpoint = await gateway.listen(options.port);
  const genesysUrl = options.genesys === undefined ? `${endpoint}${genesysPath}` : options.genesys.baseUrl;
  const credentials = options.genesys?.credentials ?? localCredentials;
  const metrics = new Metrics(clock);
  const logs: LogLine[] = [];
  const functions = await Functions.load({
    plan,
    clock,
    endpoint,
    accessKey: gateway.accessKey,
    genesys: genesysUrl,
    accountConcurrency: options.accountConcurrency,
    folder: join(options.out, "functions"),
    onLog: (functionName, text) => {
      logs.push({ functionName, text });
      metrics.read(text);
    },
    load: options.load ?? loadHandler,
  });
  const objects = new Objects(join(options.out, "s3"));
  const tables = await Tables.load(plan, clock);
  const athena = new Athena(plan, join(options.out, "s3"), clock);
  const buffers = buildBuffers(plan, clock);
  const mappings = plan
    .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
    .map((resource) => new EventSourceMapping(resource, buffers, functions, clock));
  const mapping = mappings.find(({ functionName }) => functionName === "process-batch");
  if (mapping === undefined) throw new Error("the program declares no event source mapping for process-batch");
  const models = {
    functions,
    metrics,
    tables,
    objects,
    athena,
    buffers,
    mappings,
    streams: new Map(
      plan
        .ofType("aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream")
        .map((resource) => [resource.name, new DeliveryStream(resource, functions, objects, clock)]),
    ),
    machines: new Machines(plan, { functions, tables, objects, athena, mappings, clock }),
    bus: new Bus(plan, buffers, options.archiveLag ?? archiveLag, clock),
    genesys: new LocalGenesys({ clock, credentials }),
  };
  gateway.serve(operationsOf({ ...models, secret: JSON.stringify({ ...credentials, salt: "local-salt" }) }), functions);
  gateway.faults = options.faults ?? gateway.faults;
  gateway.onRequest = options.onRequest ?? gateway.onRequest;
  return {
    ...models,
    plan,
    clock,
    scheduler: startSchedules(plan, { ...models, clock }),
    /** Through this one events reach the pipeline; the others read dead-letter queues. */
    mapping,
    gateway,
    logs,
    notSimulated: [...new Set(plan.all.filter(isAws).map(({ type }) => type))].filter(
      (type) => !modelled.has(nameOf(type)),
    ),
    /** The stack has a salt of delivery.redact, so that lines may have digests in the place of values. */
    redacts: plan.ofType("aws:secretsmanager/secret:Secret").some(({ name }) => name === "redaction-salt"),
    storesExcess: plan.ofType("aws:lambda/function:Function").some(({ inputs }) => isStoring.is(inputs)),
    endpoint,
    /** Base URL of the Genesys that handlers call; undefined: the stack's own organisation. */
    genesysUrl,
    stop: () => {
      gateway.close();
      // Where it is stopped under way a handler may still be at work.
      if (options.keepsOutput !== true && isVirtual) functions.restoreOutput();
      clock.stop();
    },
  };
};
