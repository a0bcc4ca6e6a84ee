import { hash } from "node:crypto";
import * as aws from "@pulumi/aws";
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

/** Characters that `pulumi:autonaming` puts behind a name, with its hyphen. */
const suffix = 8;

const isBucket = (type: string): boolean => type === "aws:s3/bucket:Bucket";

/** As much of the name's beginning as a service takes: policies of a deploying role are written for it. */
const cleaned = (type: string, text: string): string =>
  isBucket(type) ? text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-") : text.replaceAll(/[^\w-]+/g, "-");

interface ShortName {
  readonly property: string;
  /** The name for a text that is this resource's alone. */
  readonly of: (unique: string) => string;
}

/**
 * A name within the service's limit, where the one that Pulumi would make is over it: the provider cuts such a name at its
 * end, and with a long stack name all functions would have the same. Undefined where Pulumi's own fits.
 */
export const shortName = (type: string, name: string, project: string, stack: string): ShortName | undefined => {
  const [property, limit] = limits[type] ?? ["", Number.POSITIVE_INFINITY];
  const isValid = !isBucket(type) || /^[a-z0-9-]+$/.test(stack);
  if (property === "" || (isValid && `${project}-${stack}-${name}`.length + suffix <= limit)) return undefined;
  const kept = name.slice(0, 32);
  const head = cleaned(type, `${project}-${stack}`).slice(0, limit - suffix - kept.length - 1);
  const digestOf = (unique: string): string =>
    hash("sha256", [unique, type, name].join("/"), "hex").slice(0, suffix - 1);
  return { property, of: (unique) => `${head}-${kept}-${digestOf(unique)}` };
};

/** What an archive is of: one that is left behind with its bus keeps its name. */
const ownerOf = ({ eventSourceArn }: pulumi.Inputs): pulumi.Input<string> => eventSourceArn ?? "";

/**
 * Gives every resource that follows a name within its service's limit. They are told apart from those of other stacks, accounts
 * and times by the name of a log group that stays empty: Pulumi makes it at random, and keeps it with the stack.
 */
export const useShortNames = (options: pulumi.ComponentResourceOptions): void => {
  let seed: aws.cloudwatch.LogGroup | undefined;
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const short = shortName(type, name, pulumi.getProject(), pulumi.getStack());
    if (short === undefined || props[short.property] !== undefined) return undefined;
    seed ??= new aws.cloudwatch.LogGroup("names", { retentionInDays: 1 }, options);
    const value = pulumi.all([seed.name, ownerOf(props)]).apply(([unique, owner]) => short.of(`${unique}/${owner}`));
    // What is deployed already keeps its name, cut as it may be; only an archive follows its bus. One that has to be
    // replaced makes room for the other, which has the same name.
    const kept = props["eventSourceArn"] === undefined ? { ignoreChanges: [short.property] } : {};
    return {
      props: { ...props, [short.property]: value },
      opts: pulumi.mergeOptions(opts, { deleteBeforeReplace: true, ...kept }),
    };
  });
};
