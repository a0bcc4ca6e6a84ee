import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Observability } from "./infra/alarms/observability.ts";
import { loadConfiguration } from "./infra/configuration/load-configuration.ts";
import { bufferSecondsOf } from "./infra/configuration/sizing.ts";
import { retryBytesPerSecond as retryBytes } from "./infra/constructors/quota-shares.ts";
import { useShortNames } from "./infra/constructors/short-names.ts";
import { DeadLetters } from "./infra/dead-letters.ts";
import { Delivery } from "./infra/delivery.ts";
import { sourcePrefixOf } from "./infra/event-pattern.ts";
import { FailedEvents } from "./infra/failed-events.ts";
import { Genesys } from "./infra/genesys.ts";
import { Ingestion } from "./infra/ingestion.ts";
import { PriorityMap, rulesOf } from "./infra/priority-map.ts";
import { Processing } from "./infra/processing.ts";
import { Compaction } from "./infra/querying/compaction.ts";
import { Querying } from "./infra/querying/querying.ts";
import { Redaction } from "./infra/redaction.ts";
import { Redrive } from "./infra/redrive.ts";
import { Schedules } from "./infra/schedules.ts";
import { Storage } from "./infra/storage.ts";

const configuration = loadConfiguration();

const given = new pulumi.Config("aws");
/** Its own, for the tags; so what Pulumi would give the default one is handed on (infra/configuration/aws-keys.ts). */
const provider = new aws.Provider("aws", {
  region: given.require<aws.Region>("region"),
  profile: given.get("profile"),
  assumeRoles: given.getObject<aws.types.input.ProviderAssumeRole[]>("assumeRoles"),
  allowedAccountIds: given.getObject<string[]>("allowedAccountIds"),
  forbiddenAccountIds: given.getObject<string[]>("forbiddenAccountIds"),
  endpoints: given.getObject<aws.types.input.ProviderEndpoint[]>("endpoints"),
  s3UsePathStyle: given.getBoolean("s3UsePathStyle"),
  skipCredentialsValidation: given.getBoolean("skipCredentialsValidation"),
  skipMetadataApiCheck: given.getBoolean("skipMetadataApiCheck"),
  skipRequestingAccountId: given.getBoolean("skipRequestingAccountId"),
  defaultTags: { tags: { project: pulumi.getProject(), stack: pulumi.getStack(), ...configuration.tags } },
});
const options = { providers: { aws: provider } };
useShortNames({ provider });

const ingestion = new Ingestion("ingestion", { configuration }, options);
const storage = new Storage("storage", { configuration }, options);
const delivery = new Delivery("delivery", { configuration, storage }, options);
const genesys = new Genesys("genesys", { configuration }, options);
const redaction = new Redaction("redaction", { configuration }, options);
const failedEvents = new FailedEvents(
  "failed-events",
  { configuration, storage, delivery, genesys, redaction },
  options,
);
const processing = new Processing(
  "processing",
  { configuration, ingestion, storage, delivery, genesys, failedEvents, redaction },
  options,
);
const priorityMap = genesys.isConfigured
  ? new PriorityMap("priority-map", { configuration, storage, genesys }, options)
  : undefined;
const redrive = new Redrive(
  "redrive",
  { configuration, storage, retry: failedEvents.retry.machine, mapping: processing.mapping },
  options,
);
const querying = new Querying("querying", { configuration, storage }, options);
const compaction = configuration.querying.parquet
  ? new Compaction("compaction", { configuration, storage, querying }, options)
  : undefined;
const schedules = new Schedules(
  "schedules",
  { configuration, refresh: priorityMap?.refresh.machine, redrive: redrive.machine, compact: compaction?.machine },
  options,
);
const deadLetters = new DeadLetters(
  "dead-letters",
  {
    configuration,
    storage,
    redaction,
    queues: {
      "buffer-dead-letters": ingestion.deadLetters,
      "target-dead-letters": ingestion.targetDeadLetters,
    },
  },
  options,
);

new Observability(
  "observability",
  {
    configuration,
    names: {
      buffer: ingestion.buffer.name,
      "buffer-dead-letters": ingestion.deadLetters.name,
      "target-dead-letters": ingestion.targetDeadLetters.name,
      "schedule-dead-letters": schedules.deadLetters.name,
      "process-batch": processing.processBatch.function.name,
      "transform-records": delivery.transform.function.name,
      "deliver-failed-events": failedEvents.deliver.name,
      "park-dead-letters": deadLetters.park.name,
      "plan-redrive": redrive.plan.name,
      "redrive-failed-events": redrive.machine.arn,
      "retry-failed-events": failedEvents.retry.machine.arn,
      ...(priorityMap === undefined ? {} : { "refresh-queue-priorities": priorityMap.refresh.machine.arn }),
      ...(compaction === undefined ? {} : { "compact-events": compaction.machine.arn }),
      rule: ingestion.rule.name,
      bus: ingestion.bus.name,
      stream: delivery.stream.name,
    },
  },
  options,
);

/** What the `floodgate` command needs to know of a stack. */
export const busName = ingestion.bus.name;
export const bufferUrl = ingestion.buffer.url;
export const bucketName = storage.bucket.bucket;
export const deliveriesTable = storage.deliveries.name;
export const failedEventsTable = storage.failedEvents.name;
export const deliveryStreamName = delivery.stream.name;
export const mappingId = processing.mapping.id;
export const queuePrioritiesTable = storage.queuePriorities.name;
/** Empty without a Genesys organisation. */
export const refreshMachineArn = priorityMap?.refresh.machine.arn ?? "";
/** Scheduled runs that could not be started, each a message with its error. */
export const scheduleDeadLettersUrl = schedules.deadLetters.url;
export const retryMachineArn = failedEvents.retry.machine.arn;
export const admissionLogTable = storage.admissionLog.name;
/** The rules by which the map's priorities were found, for `floodgate map explain`. */
export const priorityRules = rulesOf(configuration);
/** What `floodgate doctor` compares with the organisation and with AWS; empty where the stack has none of it. */
export const genesysDomain = genesys.variables.GENESYS_DOMAIN;
export const genesysSecretArn = genesys.secretArn;
export const topics = configuration.topics;
export const eventSourceName = configuration.source.name ?? "";
/** Names under which the functions publish their metrics. */
export const processBatchFunction = processing.processBatch.function.name;
export const transformRecordsFunction = delivery.transform.function.name;
/** `store`: what admission sets aside is stored apart. */
export const excess = configuration.admission.excess;
/** For `floodgate verify`: how long an object fills up, what is not delivered as it came, how admission decides. */
export const bufferSeconds = bufferSecondsOf(configuration);
export const redact = configuration.delivery.redact;
/** How the `source` of an event begins that the rule takes. */
export const sourcePrefix = sourcePrefixOf(configuration.source);
export const admission = {
  enabled: configuration.admission.enabled,
  minPriority: configuration.admission.minPriority,
  limit: configuration.admission.maxEventsPerQueuePerSecond,
  unknownQueue: configuration.admission.unknownQueue,
};
export const shards = configuration.delivery.shards;
export const archiveArn = ingestion.archiveArn;
export const ruleArn = ingestion.rule.arn;
export const busArn = ingestion.bus.arn;
export const athenaDatabase = querying.database.name;
export const athenaWorkgroup = querying.workgroup.name;
/** Empty without querying.parquet. */
export const compactMachineArn = compaction?.machine.arn ?? "";
/** For `floodgate query`, which gives the views of the local run the same text. */
export const serviceLevelSeconds = configuration.querying.serviceLevelSeconds;
export const refreshMinutes = configuration.priorityMap.refreshMinutes;
/** The share of malformed events above which `floodgate status` calls it bad. */
export const malformedPercent = configuration.alarms.malformedPercent;
/** The pace of `floodgate failed import`, which takes turns with the retries. */
export const retryBytesPerSecond = retryBytes(configuration);
