import type { Plan } from "../../../local/plan.ts";
import { eventTypes } from "../../../src/event/event-type.ts";
import { deniesPlainText, each, eachHas, inputsOf, type PolicyCheck, retains, types } from "./policy-check.ts";

const protections = [
  types.bucketPolicy,
  types.publicAccessBlock,
  types.bucketEncryption,
  types.bucketOwnership,
  types.bucketLifecycle,
];

const data = [types.bucket, types.table, ...protections];

const everyOf =
  (kinds: ReadonlyArray<string>, isRight: Parameters<typeof each>[1]): PolicyCheck["violations"] =>
  (plan) =>
    kinds.flatMap((type) => each(type, isRight)(plan));

const streamPrefix = (plan: Plan): string => inputsOf(plan, types.stream, "events").extendedS3Configuration.prefix;

const isLate = (table: string): boolean => table.startsWith("late_");

/** What is kept: bucket, tables, and what queries see of them. */
export const storageChecks: ReadonlyArray<PolicyCheck> = [
  {
    name: "a bucket whose policy does not deny plain text can be read without TLS",
    violations: each(types.bucketPolicy, deniesPlainText),
  },
  {
    name: "a bucket that lacks one of its protections, or shares it with another bucket, is open where they would close it",
    violations: (plan) =>
      protections.flatMap((type) =>
        eachHas(types.bucket, type, ({ name }, { bucket }) => bucket === `floodgate-${name}`)(plan),
      ),
  },
  {
    name: "a bucket that does not block public access can be opened by one wrong policy",
    violations: each(
      types.publicAccessBlock,
      ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
        [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets].every((is) => is === true),
    ),
  },
  {
    name: "a bucket without default encryption stores objects as they come",
    violations: each(
      types.bucketEncryption,
      ({ rules }) => rules[0].applyServerSideEncryptionByDefault.sseAlgorithm === "AES256",
    ),
  },
  {
    name: "a bucket with access lists has objects that its policy does not reach",
    violations: each(types.bucketOwnership, ({ rule }) => rule.objectOwnership === "BucketOwnerEnforced"),
  },
  {
    name: "uploads that were never finished, or results of queries, cost and tell for ever",
    violations: each(types.bucketLifecycle, ({ rules }) => {
      // biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
      const active = rules.filter(({ status, id, filter }: any) => status === "Enabled" && id && filter !== undefined);
      return (
        // biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
        active.some(({ abortIncompleteMultipartUpload: abort }: any) => abort?.daysAfterInitiation <= 7) &&
        // biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
        active.some(({ expiration, filter }: any) => filter.prefix === "athena-results/" && expiration?.days <= 7)
      );
    }),
  },
  {
    name: "data that a destroy removes although it is to stay is gone, or lies there unprotected",
    violations: everyOf(data, (_, { options }, plan) => !retains(plan) || options.retainOnDelete === true),
  },
  {
    name: "a table that anybody may delete although its data is to stay is gone by one click",
    violations: each(
      types.table,
      ({ deletionProtectionEnabled }, _, plan) => deletionProtectionEnabled === retains(plan),
    ),
  },
  {
    name: "a bucket that says neither stays a destroy for ever, or empties what should stay",
    violations: each(types.bucket, ({ forceDestroy }) => typeof forceDestroy === "boolean"),
  },
  {
    name: "a table without encryption holds personal data in plain text",
    violations: each(types.table, ({ serverSideEncryption }) => serverSideEncryption.enabled === true),
  },
  {
    name: "a table without point-in-time recovery loses what a mistake deletes",
    violations: each(types.table, ({ pointInTimeRecovery }) => pointInTimeRecovery.enabled === true),
  },
  {
    name: "a table without expiry grows for ever",
    violations: each(types.table, ({ ttl }) => ttl.enabled === true && ttl.attributeName === "expiresAt"),
  },
  {
    name: "a table without on-demand billing throttles a campaign",
    violations: each(types.table, ({ billingMode }) => billingMode === "PAY_PER_REQUEST"),
  },
  {
    name: "a table of the catalogue whose template is not the stream's prefix finds no event",
    violations: each(types.glueTable, ({ parameters }, { name }, plan) => {
      const fixed: Readonly<Record<string, string>> = {
        root: name.endsWith("excess") ? "excess" : "type",
        ...(isLate(name) ? { dt: "late", shard: "0" } : {}),
      };
      const prefix = streamPrefix(plan).replaceAll(
        /!\{partitionKeyFromLambda:(\w+)\}/g,
        (_, key: string) => fixed[key] ?? `\${${key}}`,
      );
      return (
        parameters["storage.location.template"] === `s3://floodgate-events/${prefix}` &&
        parameters["projection.enabled"] === "true"
      );
    }),
  },
  {
    name: "a partition key without a projection, or a type that is not in it, is seen by no query",
    violations: each(types.glueTable, ({ parameters, partitionKeys }, { name: table }) => {
      // biome-ignore lint/suspicious/noExplicitAny: inputs as the program gave them
      const keys: ReadonlyArray<any> = partitionKeys;
      const projected = parameters["projection.type.values"].split(",");
      const kinds: Readonly<Record<string, string>> = { type: "enum", dt: "date", shard: "integer" };
      return (
        keys.length > 0 &&
        (table.endsWith("excess") ? ["acd.start"] : eventTypes).every((type) => projected.includes(type)) &&
        keys.every(
          ({ name, type }) =>
            type === (name === "shard" ? "int" : "string") && parameters[`projection.${name}.type`] === kinds[name],
        )
      );
    }),
  },
  {
    name: "a projection of dates or shards that ends too early hides events",
    violations: each(types.glueTable, ({ parameters }, { name }, plan) => {
      if (isLate(name)) return true;
      const { SHARDS } = inputsOf(plan, types.function, "transform-records").environment.variables;
      return (
        parameters["projection.dt.format"] === "yyyy-MM-dd" &&
        parameters["projection.dt.range"].endsWith(",NOW+2DAYS") &&
        parameters["projection.shard.range"] === `0,${Number(SHARDS) - 1}`
      );
    }),
  },
  {
    name: "a table of the catalogue whose place does not end with a slash is read wrongly by Athena",
    violations: each(types.glueTable, ({ storageDescriptor }) => storageDescriptor.location.endsWith("/")),
  },
  {
    name: "a table of the catalogue that does not read lines as texts shows nothing of them",
    violations: each(
      types.glueTable,
      ({ storageDescriptor: { columns, inputFormat, outputFormat, serDeInfo }, tableType }) =>
        columns.length === 1 &&
        columns[0].name === "line" &&
        columns[0].type === "string" &&
        inputFormat.endsWith("TextInputFormat") &&
        outputFormat.endsWith("HiveIgnoreKeyTextOutputFormat") &&
        serDeInfo.serializationLibrary.endsWith("LazySimpleSerDe") &&
        serDeInfo.parameters["serialization.format"] === "1" &&
        tableType === "EXTERNAL_TABLE",
    ),
  },
  {
    name: "a workgroup without an enforced limit lets one query read, and bill, the whole bucket",
    violations: each(
      types.workgroup,
      ({ configuration }) =>
        configuration.bytesScannedCutoffPerQuery > 10_000_000 && configuration.enforceWorkgroupConfiguration === true,
    ),
  },
  {
    name: "results of queries that are not encrypted, or lie outside their expiring prefix, are personal data left about",
    violations: each(
      types.workgroup,
      ({ configuration: { resultConfiguration } }) =>
        resultConfiguration.encryptionConfiguration.encryptionOption === "SSE_S3" &&
        resultConfiguration.outputLocation.endsWith("/athena-results/"),
    ),
  },
  {
    name: "a named query of another database, or without one line per event, counts events twice",
    violations: each(
      types.namedQuery,
      ({ database, query, workgroup }, _, plan) =>
        database === inputsOf(plan, types.database, "events").name &&
        query.includes(`"${database}"."events"`) &&
        query.includes("row_number()") &&
        workgroup === "events",
    ),
  },
];
