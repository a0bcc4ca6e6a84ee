import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "./configuration/schema.ts";
import { bucketPolicy } from "./constructors/policies.ts";

/** Where events and failed events end up, and what is known of users and queues: the bucket and the tables. */
export class Storage extends pulumi.ComponentResource {
  private readonly retains: boolean;
  readonly bucket: aws.s3.Bucket;
  readonly deliveries: aws.dynamodb.Table;
  readonly failedEvents: aws.dynamodb.Table;
  readonly users: aws.dynamodb.Table;
  readonly queuePriorities: aws.dynamodb.Table;
  readonly admissionLog: aws.dynamodb.Table;

  constructor(
    name: string,
    { configuration }: { readonly configuration: Configuration },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Storage", name, {}, options);
    this.retains = configuration.retainData;
    this.bucket = this.privateBucket("events");
    this.deliveries = this.table("deliveries", {
      hashKey: "conversationId",
      rangeKey: "eventKey",
      attributes: [
        { name: "conversationId", type: "S" },
        { name: "eventKey", type: "S" },
      ],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.failedEvents = this.table("failed-events", {
      hashKey: "chunkId",
      attributes: [
        { name: "chunkId", type: "S" },
        { name: "dueShard", type: "S" },
        { name: "dueAt", type: "S" },
        { name: "reason", type: "S" },
        { name: "createdAt", type: "S" },
      ],
      globalSecondaryIndexes: [
        { name: "due", hashKey: "dueShard", rangeKey: "dueAt", projectionType: "ALL" },
        { name: "byReason", hashKey: "reason", rangeKey: "createdAt", projectionType: "ALL" },
      ],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.users = this.table("users", {
      hashKey: "userId",
      attributes: [{ name: "userId", type: "S" }],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.queuePriorities = this.table("queue-priorities", {
      hashKey: "version",
      rangeKey: "page",
      attributes: [
        { name: "version", type: "S" },
        { name: "page", type: "N" },
        { name: "run", type: "S" },
      ],
      // How far a refresh is: who started it knows its name, and its version only when it has ended.
      globalSecondaryIndexes: [{ name: "run", hashKey: "run", rangeKey: "page", projectionType: "KEYS_ONLY" }],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.admissionLog = this.table("admission-log", {
      hashKey: "minute",
      rangeKey: "n",
      attributes: [
        { name: "minute", type: "S" },
        { name: "n", type: "N" },
      ],
      ttl: { attributeName: "expiresAt", enabled: true },
    });
    this.registerOutputs({ bucket: this.bucket.bucket });
  }

  private table(name: string, args: aws.dynamodb.TableArgs): aws.dynamodb.Table {
    return new aws.dynamodb.Table(
      name,
      {
        billingMode: "PAY_PER_REQUEST",
        serverSideEncryption: { enabled: true },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: this.retains,
        ...args,
      },
      { parent: this, retainOnDelete: this.retains },
    );
  }

  private privateBucket(name: string): aws.s3.Bucket {
    // A bucket that outlives the stack keeps what protects it.
    const child = { parent: this, retainOnDelete: this.retains };
    const bucket = new aws.s3.Bucket(name, { forceDestroy: !this.retains }, child);
    const of = { bucket: bucket.id };
    new aws.s3.BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, child);
    const blocked = new aws.s3.BucketPublicAccessBlock(
      name,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }] },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      name,
      {
        ...of,
        rules: [
          {
            id: "abandoned-uploads",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
          {
            id: "query-results",
            status: "Enabled",
            filter: { prefix: "athena-results/" },
            expiration: { days: 7 },
          },
        ],
      },
      child,
    );
    new aws.s3.BucketPolicy(
      name,
      { ...of, policy: pulumi.jsonStringify(bucket.arn.apply(bucketPolicy)) },
      { ...child, dependsOn: [blocked] },
    );
    return bucket;
  }
}
