import { deniesPlainText, each, eachHas, type PolicyCheck, retains, types } from "./policy-check.ts";

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

/** What is kept: bucket and tables. */
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
];
