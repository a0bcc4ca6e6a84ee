import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { busInvocations } from "./configuration/regional-quotas.ts";
import type { Configuration } from "./configuration/schema.ts";
import { allowSending, sqsQueue } from "./constructors/sqs-queue.ts";
import { deadLetterVisibilitySeconds } from "./dead-letters.ts";
import { eventPattern } from "./event-pattern.ts";

/** After so many receives a message is a dead letter; process-batch handles it alone from the third on. */
const maxReceiveCount = 10;

const oneDay = 24 * 60 * 60;

/** Lambda recommends six times the function's timeout, and the window in which a batch fills up comes on top. */
export const visibilityTimeoutSeconds = ({ processing }: Configuration): number =>
  6 * processing.timeoutSeconds + processing.batchingWindowSeconds;

/** From the bus to the buffer: event bus, archive, rule, buffer, and the dead letters of rule and buffer. */
export class Ingestion extends pulumi.ComponentResource {
  readonly bus: aws.cloudwatch.EventBus;
  readonly rule: aws.cloudwatch.EventRule;
  readonly buffer: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;
  readonly targetDeadLetters: aws.sqs.Queue;
  /** Empty without an archive. */
  readonly archiveArn: pulumi.Output<string>;

  constructor(
    name: string,
    { configuration }: { readonly configuration: Configuration },
    options: pulumi.ComponentResourceOptions,
  ) {
    super("floodgate:infra:Ingestion", name, {}, options);
    this.bus = this.eventBus(configuration);
    this.rule = new aws.cloudwatch.EventRule(
      "genesys-events",
      {
        description: "Events of Genesys Cloud, to the buffer.",
        eventBusName: this.bus.name,
        eventPattern: pulumi.jsonStringify(eventPattern(configuration.source, configuration.topics)),
      },
      { parent: this },
    );
    const hidden = { visibilityTimeoutSeconds: deadLetterVisibilitySeconds };
    this.deadLetters = sqsQueue("buffer-dead-letters", hidden, this);
    this.targetDeadLetters = sqsQueue("target-dead-letters", hidden, this);
    this.buffer = sqsQueue(
      "buffer",
      {
        visibilityTimeoutSeconds: visibilityTimeoutSeconds(configuration),
        redrive: { deadLetters: this.deadLetters, maxReceiveCount },
      },
      this,
    );
    this.archiveArn = this.archive(configuration);
    this.target();
    this.registerOutputs({ bus: this.bus.name, buffer: this.buffer.url });
  }

  /**
   * A partner's bus has to be named after its source; without the bus for two weeks Genesys' source is deleted. A stack with
   * another source replaces it, and what is replaced stays where it is: an archive needs its bus, and EventBridge deletes no
   * bus that has one.
   */
  private eventBus({ source, retainData }: Configuration): aws.cloudwatch.EventBus {
    // For people and for the local cloud: what EventBridge sends to targets in this region. Nothing at AWS follows from it.
    const tags = { invocationsPerSecond: String(busInvocations(new pulumi.Config("aws").require("region"))) };
    return source.type === "partner" && source.name !== null
      ? new aws.cloudwatch.EventBus(
          "genesys",
          { name: source.name, eventSourceName: source.name, tags },
          { parent: this, protect: true, retainOnDelete: retainData },
        )
      : new aws.cloudwatch.EventBus("genesys", { tags }, { parent: this, retainOnDelete: retainData });
  }

  /** Of another bus it is another archive; the old one is data that stays. */
  private archive({ archive, source, topics, retainData }: Configuration): pulumi.Output<string> {
    if (archive.retentionDays === 0) return pulumi.output("");
    return new aws.cloudwatch.EventArchive(
      "genesys-events",
      {
        eventSourceArn: this.bus.arn,
        retentionDays: archive.retentionDays,
        eventPattern: pulumi.jsonStringify(eventPattern(source, topics)),
      },
      { parent: this, retainOnDelete: retainData },
    ).arn;
  }

  private target(): void {
    const mayDeliver = [
      allowSending("buffer", this.buffer, this.rule, this),
      allowSending("target-dead-letters", this.targetDeadLetters, this.rule, this),
    ];
    allowSending("buffer-dead-letters", this.deadLetters, undefined, this);
    new aws.cloudwatch.EventTarget(
      "buffer",
      {
        rule: this.rule.name,
        eventBusName: this.bus.name,
        arn: this.buffer.arn,
        deadLetterConfig: { arn: this.targetDeadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: oneDay, maximumRetryAttempts: 185 },
      },
      { parent: this, dependsOn: mayDeliver },
    );
  }
}
