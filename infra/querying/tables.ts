import type * as aws from "@pulumi/aws";
import { eventTypes, queueEntry } from "../../src/event/event-type.ts";
import { lateShard, type PartitionKeys, partitionPath } from "../../src/transform/partition-keys.ts";
import { firstDate } from "./views.ts";

/** Stands in a path for the value of a partition column. */
export const column = (name: keyof PartitionKeys): string => `\${${name}}`;

/** What a table holds: the lines of one root, of all its types. */
interface Lines {
  readonly root: PartitionKeys["root"];
  readonly types: ReadonlyArray<string>;
}

export const lines: Lines = { root: "type", types: eventTypes };
/** What admission has set aside, out of the way of whoever asks for events. */
export const excessLines: Lines = { root: "excess", types: [queueEntry] };

export const dates = {
  "projection.enabled": "true",
  "projection.dt.type": "date",
  "projection.dt.format": "yyyy-MM-dd",
  "projection.dt.range": `${firstDate},NOW+2DAYS`,
};

const shardNames = (shards: number): ReadonlyArray<string> => [
  ...Array.from({ length: shards }, (_, shard) => String(shard)),
  lateShard,
];

/**
 * Projection knows the partitions by rule, so none has to be added. Of the tables open_lines and open_excess_lines
 * compact-events moves the first date; should an update of the stack set it back, queries read more and find the same.
 */
export const projection = ({ root, types }: Lines, location: string, shards: number) => ({
  ...dates,
  "projection.type.type": "enum",
  "projection.type.values": types.join(","),
  "projection.shard.type": "enum",
  "projection.shard.values": shardNames(shards).join(","),
  "storage.location.template": `${location}/${partitionPath({ root, type: column("type"), dt: column("dt"), shard: column("shard") })}`,
});

export const text = (name: string) => ({ name, type: "string" });

export type Format = Pick<
  aws.types.input.glue.CatalogTableStorageDescriptor,
  "columns" | "inputFormat" | "outputFormat" | "serDeInfo"
>;

/** One line is one string (format 1: only ^A, which no JSON text holds, would end it): JSON functions read it, and no schema has to follow what the vendor adds. */
export const aLine: Format = {
  columns: [text("line")],
  inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
  serDeInfo: {
    serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    parameters: { "serialization.format": "1" },
  },
};

export const asParquet: Format = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
};
