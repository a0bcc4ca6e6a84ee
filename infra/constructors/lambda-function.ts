import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as t from "io-ts";
import type { Configuration } from "../configuration/schema.ts";
import { codeArchive } from "./code-archive.ts";
import { allow, type Statement, trust, writeLogs } from "./policies.ts";
import { roleWithPolicy } from "./role.ts";

export interface LambdaFunctionArgs<C extends t.Any> {
  /** The handler's own environment codec: a variable that it needs and `variables` lacks does not compile. */
  readonly environment: C;
  readonly variables: { readonly [K in keyof t.OutputOf<C>]: pulumi.Input<t.OutputOf<C>[K]> };
  readonly statements: pulumi.Input<ReadonlyArray<Statement>>;
  readonly timeoutSeconds: number;
  /** 512 unless given. */
  readonly memoryMegabytes?: number;
  /** Concurrency that nobody else can take, and that the function cannot exceed; undefined: none. */
  readonly reservedConcurrency?: number;
  /** Files beside the bundle, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly configuration: Pick<Configuration, "logs" | "permissionsBoundary" | "lambda">;
}

/** X-Ray has no resources to narrow this to. */
const sendTraces = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]);

/** A Lambda function made of `handlers/<name>.ts`, with its own role and log group. */
export class LambdaFunction<C extends t.Any> extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;

  constructor(name: string, args: LambdaFunctionArgs<C>, options: pulumi.ComponentResourceOptions) {
    super("floodgate:infra:LambdaFunction", name, {}, options);
    const child = { parent: this };
    const { logs, permissionsBoundary, lambda } = args.configuration;
    const reserves = lambda.reserveConcurrency && args.reservedConcurrency !== undefined;
    const logGroup = new aws.cloudwatch.LogGroup(name, { retentionInDays: logs.retentionDays }, child);
    const statements = pulumi
      .all([args.statements, logGroup.arn])
      .apply(([own, logGroupArn]) => [...own, writeLogs(logGroupArn), ...(lambda.tracing ? [sendTraces] : [])]);
    const { role, ready } = roleWithPolicy(
      name,
      // Lambda documents no confused-deputy condition for execution roles.
      { trust: trust("lambda.amazonaws.com"), statements, permissionsBoundary },
      this,
    );
    this.function = new aws.lambda.Function(
      name,
      {
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: codeArchive(name, args.files),
        role: role.arn,
        timeout: args.timeoutSeconds,
        memorySize: args.memoryMegabytes ?? 512,
        environment: { variables: { ...args.variables, LOG_LEVEL: lambda.logLevel } },
        loggingConfig: {
          logFormat: "JSON",
          logGroup: logGroup.name,
          // Not the configured one: metrics are lines without a level, which Lambda takes for INFO.
          applicationLogLevel: "INFO",
          systemLogLevel: lambda.logLevel,
        },
        ...(lambda.tracing ? { tracingConfig: { mode: "Active" } } : {}),
        ...(reserves ? { reservedConcurrentExecutions: args.reservedConcurrency } : {}),
      },
      { ...child, dependsOn: [ready] },
    );
    this.registerOutputs({ arn: this.function.arn });
  }
}
