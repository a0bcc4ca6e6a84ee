import { hash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventTypes, queueEntry } from "../src/event/event-type.ts";
import { lateKeys, type PartitionKeys, partitionPath } from "../src/transform/partition-keys.ts";
import type { Configuration } from "./configuration/schema.ts";
import type { Storage } from "./storage.ts";

/** Most that one query may scan; a mistake in a WHERE would else read the whole bucket. */
const scanLimitBytes = 100 * 1024 ** 3;

const firstDate = "2025-01-01";

/** One line is one string (format 1: only ^A, which no JSON text holds, would end it): JSON functions read it, and no schema has to follow what the vendor adds. */
const serde = {
  serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
  parameters: { "serialization.format": "1" },
};

/** Stands in a path for the value of a partition column. */
const column = (name: keyof PartitionKeys): string => `\${${name}}`;

/** What a table holds: the lines of one root, of all its types. */
interface Lines {
  readonly root: PartitionKeys["root"];
  readonly types: ReadonlyArray<string>;
}

const events: Lines = { root: "type", types: eventTypes };
/** What admission has set aside, out of the way of whoever asks `events`. */
const excess: Lines = { root: "excess", types: [queueEntry] };

/** Projection knows the partitions by rule, so none has to be added; `late` is a date like any other. */
const projection = ({ root, types }: Lines, location: string, shards: number) => ({
  "projection.enabled": "true",
  "projection.type.type": "enum",
  "projection.type.values": types.join(","),
  "projection.dt.type": "date",
  "projection.dt.format": "yyyy-MM-dd",
  "projection.dt.range": `${firstDate},NOW+2DAYS`,
  "projection.shard.type": "integer",
  "projection.shard.range": `0,${shards - 1}`,
  "storage.location.template": `${location}/${partitionPath({ root, type: column("type"), dt: column("dt"), shard: column("shard") })}`,
});

const lateProjection = ({ root, types }: Lines, location: string) => ({
  "projection.enabled": "true",
  "projection.type.type": "enum",
  "projection.type.values": types.join(","),
  "storage.location.template": `${location}/${partitionPath(lateKeys(root, column("type")))}`,
});

const columns = [{ name: "line", type: "string" }];
const text = (name: string) => ({ name, type: "string" });

const onePerEvent = (
  database: string,
  table: string,
): string => `-- One line per event: S3 holds each at least once, and every line carries its key.
SELECT line FROM (
  SELECT line, row_number() OVER (
    PARTITION BY json_extract_scalar(line, '$.floodgate.key')
    ORDER BY json_extract_scalar(line, '$.floodgate.receivedAt')) AS copy
  FROM "${database}"."${table}"
  WHERE type = '${queueEntry}' AND dt = CAST(current_date AS varchar)
) WHERE copy = 1`;

/** Athena over the S3 layout: a database, tables with partition projection, a workgroup with a scan limit. */
export class Querying extends pulumi.ComponentResource {
  readonly database: aws.glue.CatalogDatabase;
  readonly workgroup: aws.athena.Workgroup;

  constructor(
    name: string,
    { configuration, storage }: { readonly configuration: Configuration; readonly storage: Storage },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Querying", name, {}, options);
    const child = { parent: this };
    const location = pulumi.interpolate`s3://${storage.bucket.bucket}`;
    // The catalogue is one for the account and region: the bucket's name is its stack's alone, whatever the stack is called.
    const databaseName = storage.bucket.bucket.apply(
      (bucket) =>
        `floodgate_${pulumi.getStack().replaceAll(/\W/g, "_").toLowerCase()}_${hash("sha256", bucket, "hex").slice(0, 6)}`,
    );
    this.database = new aws.glue.CatalogDatabase(
      "events",
      { name: databaseName },
      { ...child, deleteBeforeReplace: true },
    );
    const table = (
      tableName: string,
      partitions: ReadonlyArray<{ name: string; type: string }>,
      parameters: pulumi.Input<Record<string, string>>,
    ) =>
      new aws.glue.CatalogTable(
        tableName,
        {
          name: tableName,
          databaseName: this.database.name,
          tableType: "EXTERNAL_TABLE",
          parameters,
          partitionKeys: [...partitions],
          storageDescriptor: {
            location: pulumi.interpolate`${location}/`,
            columns,
            inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
            outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            serDeInfo: serde,
          },
        },
        { ...child, deleteBeforeReplace: true },
      );
    const both = (tableName: string, lines: Lines) => {
      // A date and the word `late` cannot be projected by one rule.
      table(
        `late_${tableName}`,
        [text("type")],
        location.apply((at) => lateProjection(lines, at)),
      );
      return table(
        tableName,
        [text("type"), text("dt"), { name: "shard", type: "int" }],
        location.apply((at) => projection(lines, at, configuration.delivery.shards)),
      );
    };
    const eventsTable = both("events", events);
    both("excess", excess);
    this.workgroup = new aws.athena.Workgroup(
      "events",
      {
        forceDestroy: true,
        configuration: {
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: scanLimitBytes,
          resultConfiguration: {
            outputLocation: pulumi.interpolate`${location}/athena-results/`,
            encryptionConfiguration: { encryptionOption: "SSE_S3" },
          },
        },
      },
      child,
    );
    new aws.athena.NamedQuery(
      "one-line-per-event",
      {
        database: this.database.name,
        workgroup: this.workgroup.id,
        query: pulumi
          .all([this.database.name, eventsTable.name])
          .apply(([inDatabase, ofTable]) => onePerEvent(inDatabase, ofTable)),
        description: "Today's queue entries, each event once.",
      },
      child,
    );
    this.registerOutputs({ database: this.database.name });
  }
}
