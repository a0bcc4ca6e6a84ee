import { hash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Configuration } from "../configuration/schema.ts";
import type { Storage } from "../storage.ts";
import { aLine, asParquet, column, dates, excessLines, type Format, lines, projection, text } from "./tables.ts";
import {
  compactedColumns,
  compactedPartitions,
  glueColumns,
  glueView,
  namedQueries,
  type View,
  views,
} from "./views.ts";

/** Most that one query may scan; a mistake in a WHERE would else read the whole bucket. */
const scanLimitBytes = 100 * 1024 ** 3;

/** Yesterday is the last day that is whole; of conversations one is asked for. */
const asNamedQuery = (sql: string): string =>
  sql
    .replaceAll(":day", "CAST(current_date - INTERVAL '1' DAY AS varchar)")
    .replaceAll(":conversation", "'<conversation id>'");

/** Athena over the S3 layout: a database, tables with partition projection, views, a workgroup with a scan limit. */
export class Querying extends pulumi.ComponentResource {
  readonly database: aws.glue.CatalogDatabase;
  readonly workgroup: aws.athena.Workgroup;
  private readonly location: pulumi.Output<string>;
  private readonly child: pulumi.ComponentResourceOptions;

  constructor(
    name: string,
    { configuration, storage }: { readonly configuration: Configuration; readonly storage: Storage },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Querying", name, {}, options);
    this.child = { parent: this };
    this.location = pulumi.interpolate`s3://${storage.bucket.bucket}`;
    // The catalogue is one for the account and region: the bucket's name is its stack's alone, whatever the stack is called.
    const databaseName = storage.bucket.bucket.apply(
      (bucket) =>
        `floodgate_${pulumi.getStack().replaceAll(/\W/g, "_").toLowerCase()}_${hash("sha256", bucket, "hex").slice(0, 6)}`,
    );
    this.database = new aws.glue.CatalogDatabase(
      "events",
      { name: databaseName },
      { ...this.child, deleteBeforeReplace: true },
    );
    this.tables(configuration);
    this.compactedTables();
    const declared = views(configuration.querying);
    for (const view of declared) this.view(view);
    this.workgroup = this.limitedWorkgroup();
    for (const { name: queryName, describes, sql } of namedQueries()) {
      new aws.athena.NamedQuery(
        queryName.replaceAll("_", "-"),
        {
          database: this.database.name,
          workgroup: this.workgroup.id,
          query: asNamedQuery(sql),
          description: describes,
        },
        this.child,
      );
    }
    this.registerOutputs({ database: this.database.name });
  }

  private tables({ delivery: { shards }, querying: { parquet } }: Configuration): void {
    const partitions = [text("type"), text("dt"), text("shard")];
    const open = parquet ? { open_lines: lines, open_excess_lines: excessLines } : {};
    for (const [name, of] of Object.entries({ lines, excess_lines: excessLines, ...open })) {
      this.table(
        name,
        "",
        partitions,
        this.location.apply((at) => projection(of, at, shards)),
      );
    }
    this.table(
      "failed_lines",
      "failed/",
      [text("dt")],
      this.location.apply((at) => ({ ...dates, "storage.location.template": `${at}/failed/${column("dt")}/` })),
    );
    this.table("error_lines", "errors/", [], {});
  }

  /**
   * Of each day a marker, and its Parquet in versions; compact-events makes the partitions. They are there without
   * querying.parquet too: with the table its partitions would go, while the markers in S3 still pointed to them.
   */
  private compactedTables(): void {
    this.table("compacted_days", "compacted/days/", [], {});
    const columns = glueColumns(compactedColumns);
    this.table("compacted_copies", "compacted/copies/", compactedPartitions.map(text), {}, { ...asParquet, columns });
  }

  private table(
    name: string,
    folder: string,
    partitionKeys: ReadonlyArray<{ name: string; type: string }>,
    parameters: pulumi.Input<Record<string, string>>,
    format: Format = aLine,
  ): void {
    new aws.glue.CatalogTable(
      name,
      {
        name,
        databaseName: this.database.name,
        tableType: "EXTERNAL_TABLE",
        parameters,
        partitionKeys: [...partitionKeys],
        storageDescriptor: { location: pulumi.interpolate`${this.location}/${folder}`, ...format },
      },
      { ...this.child, deleteBeforeReplace: true },
    );
  }

  private view(view: View): void {
    const inGlue = this.database.name.apply((database) => glueView(view, database));
    new aws.glue.CatalogTable(
      view.name,
      {
        name: view.name,
        databaseName: this.database.name,
        description: view.describes,
        tableType: "VIRTUAL_VIEW",
        parameters: { presto_view: "true", comment: "Presto View" },
        viewOriginalText: inGlue.viewOriginalText,
        viewExpandedText: "/* Presto View */",
        storageDescriptor: { columns: inGlue.columns },
      },
      { ...this.child, deleteBeforeReplace: true },
    );
  }

  private limitedWorkgroup(): aws.athena.Workgroup {
    return new aws.athena.Workgroup(
      "events",
      {
        forceDestroy: true,
        configuration: {
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: scanLimitBytes,
          resultConfiguration: {
            outputLocation: pulumi.interpolate`${this.location}/athena-results/`,
            encryptionConfiguration: { encryptionOption: "SSE_S3" },
          },
        },
      },
      this.child,
    );
  }
}
