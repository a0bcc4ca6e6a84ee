import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PlanCompactionEnvironment } from "../../src/runtime/environment.ts";
import type { Configuration } from "../configuration/schema.ts";
import { LambdaFunction } from "../constructors/lambda-function.ts";
import { allow } from "../constructors/policies.ts";
import { StateMachine } from "../constructors/state-machine.ts";
import type { Storage } from "../storage.ts";
import type { Querying } from "./querying.ts";
import { compactionStatement } from "./views.ts";

interface CompactionArgs {
  readonly configuration: Configuration;
  readonly storage: Storage;
  readonly querying: Querying;
}

const placeholder = /:(dt|version|from)\b/g;

/** A statement as an intrinsic function of a state that has what it names. Its text stands in JSON, in quotes. */
const asFormat = (statement: string, bucket = ""): string => {
  const values = [...statement.matchAll(placeholder)].map(([, name]) => `$.${name}`);
  const text = statement.replaceAll(":bucket", bucket).replaceAll(placeholder, "{}").replaceAll("'", "\\\\'");
  return `States.Format('${text}', ${values.join(", ")})`;
};

const openFrom = (table: string): string => asFormat(compactionStatement("open_from").replace(":table", table));

/** Finished days as Parquet: plan-compaction, and the machine that lets Athena write them and points the views to them. */
export class Compaction extends pulumi.ComponentResource {
  readonly machine: aws.sfn.StateMachine;

  constructor(name: string, args: CompactionArgs, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:Compaction", name, {}, options);
    const { configuration, storage, querying } = args;
    const plan = this.planFunction(configuration, storage);
    const { bucket } = storage.bucket;
    this.machine = new StateMachine(
      "compact-events",
      {
        configuration,
        type: "STANDARD",
        values: {
          PlanCompactionFunctionArn: plan.arn,
          UnloadQuery: bucket.apply((at) => asFormat(compactionStatement("unload"), at)),
          OpenLinesQuery: openFrom("open_lines"),
          OpenExcessQuery: openFrom("open_excess_lines"),
          AddPartitionQuery: bucket.apply((at) => asFormat(compactionStatement("add_partition"), at)),
          Workgroup: querying.workgroup.name,
          Database: querying.database.name,
          Bucket: bucket,
        },
        statements: this.statements(args, plan),
      },
      { parent: this },
    ).machine;
    this.registerOutputs({ machine: this.machine.arn });
  }

  private planFunction(configuration: Configuration, storage: Storage): aws.lambda.Function {
    return new LambdaFunction(
      "plan-compaction",
      {
        environment: PlanCompactionEnvironment,
        variables: { BUCKET: storage.bucket.bucket },
        statements: storage.bucket.arn.apply((arn) => [
          allow(["s3:ListBucket"], [arn]),
          allow(["s3:GetObject"], [`${arn}/compacted/days/*`]),
        ]),
        timeoutSeconds: 110,
        configuration,
      },
      { parent: this },
    ).function;
  }

  /** What Athena does for the machine's queries it does in the machine's name (Step Functions guide: Athena). */
  private statements({ storage, querying }: CompactionArgs, plan: aws.lambda.Function) {
    const child = { parent: this };
    const region = aws.getRegionOutput({}, child).region;
    const account = aws.getCallerIdentityOutput({}, child).accountId;
    return pulumi
      .all([plan.arn, querying.workgroup.arn, querying.database.name, storage.bucket.arn, region, account])
      .apply(([planArn, workgroup, database, bucket, regionName, id]) => {
        const glue = `arn:aws:glue:${regionName}:${id}`;
        return [
          allow(["lambda:InvokeFunction"], [planArn]),
          allow(["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"], [workgroup]),
          allow(["athena:GetDataCatalog"], [`arn:aws:athena:${regionName}:${id}:datacatalog/AwsDataCatalog`]),
          allow(
            ["glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"],
            [`${glue}:catalog`, `${glue}:database/${database}`, `${glue}:table/${database}/*`],
          ),
          // Athena looks at the default database before any statement that changes another (guide: fine-grained access).
          allow(["glue:GetDatabase", "glue:GetDatabases"], [`${glue}:catalog`, `${glue}:database/default`]),
          allow(
            ["glue:CreatePartition", "glue:BatchCreatePartition"],
            [`${glue}:catalog`, `${glue}:database/${database}`, `${glue}:table/${database}/compacted_copies`],
          ),
          allow(
            ["glue:UpdateTable"],
            [
              `${glue}:catalog`,
              `${glue}:database/${database}`,
              `${glue}:table/${database}/open_lines`,
              `${glue}:table/${database}/open_excess_lines`,
            ],
          ),
          allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucket]),
          allow(["s3:GetObject"], [`${bucket}/type=*`, `${bucket}/excess=*`, `${bucket}/athena-results/*`]),
          allow(
            ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            [`${bucket}/compacted/*`, `${bucket}/athena-results/*`],
          ),
        ];
      });
  }
}
