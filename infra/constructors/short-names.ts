import { hash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** What AWS allows, by the property that a name goes into. Names of 255 characters and more always fit. */
const limits: Readonly<Record<string, readonly [property: string, limit: number]>> = {
  "aws:cloudwatch/eventArchive:EventArchive": ["name", 48],
  "aws:cloudwatch/eventRule:EventRule": ["name", 64],
  "aws:iam/role:Role": ["name", 64],
  "aws:iam/rolePolicy:RolePolicy": ["name", 128],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": ["name", 64],
  "aws:lambda/function:Function": ["name", 64],
  "aws:s3/bucket:Bucket": ["bucket", 63],
  "aws:scheduler/schedule:Schedule": ["name", 64],
  "aws:scheduler/scheduleGroup:ScheduleGroup": ["name", 64],
  "aws:sfn/stateMachine:StateMachine": ["name", 80],
  "aws:sqs/queue:Queue": ["name", 80],
  "aws:athena/workgroup:Workgroup": ["name", 128],
  "aws:athena/namedQuery:NamedQuery": ["name", 128],
};

export interface StackName {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

/** Characters that `pulumi:autonaming` puts behind a name, with its hyphen. */
const suffix = 8;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/**
 * A name within the service's limit, where the one that Pulumi would make is over it: the provider cuts such a name at its
 * end, and with a long stack name all functions would have the same. Undefined where Pulumi's own fits.
 */
export const shortName = (type: string, name: string, of: StackName): readonly [string, string] | undefined => {
  const [property, limit] = limits[type] ?? ["", Number.POSITIVE_INFINITY];
  const { organization, project, stack } = of;
  const isValid = property !== "bucket" || /^[a-z0-9-]+$/.test(stack);
  if (isValid && `${project}-${stack}-${name}`.length + suffix <= limit) return undefined;
  const digest = hash("sha256", [organization, project, stack, type, name].join("/"), "hex").slice(0, suffix - 1);
  const kept = name.slice(0, 32);
  const head = plain(`${project}-${stack}`).slice(0, limit - suffix - kept.length - 1);
  return property === "" ? undefined : [property, `${head}-${kept}-${digest}`];
};

/** Gives every resource that follows a name within its service's limit. */
export const useShortNames = (): void => {
  const of = { organization: pulumi.getOrganization(), project: pulumi.getProject(), stack: pulumi.getStack() };
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const [property, value] = shortName(type, name, of) ?? [];
    // One that has to be replaced makes room for the other, which has the same name.
    return property === undefined || props[property] !== undefined
      ? undefined
      : { props: { ...props, [property]: value }, opts: pulumi.mergeOptions(opts, { deleteBeforeReplace: true }) };
  });
};
