import { createHash } from "node:crypto";
import type { OfferedEntry } from "./recount.ts";

export interface TraceRecord extends OfferedEntry {
  readonly recordId: string;
  /** The record as Firehose hands it over. */
  readonly data: string;
}

interface TraceOptions {
  readonly entries: number;
  readonly perMinute: number;
  readonly queues: number;
  readonly zipf: number;
  readonly lateShare: number;
  readonly lateSeconds: number;
  readonly bytes: number;
  readonly random: () => number;
  readonly start: number;
}

const queueIdOf = (number: number): string =>
  `9${String(number).padStart(7, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;

const cumulative = (queues: number, zipf: number): ReadonlyArray<number> => {
  let sum = 0;
  return Array.from({ length: queues }, (_, index) => {
    sum += 1 / (index + 1) ** zipf;
    return sum;
  });
};

const lineOf = (key: string, queueId: string, eventTime: number, bytes: number): string => {
  const iso = new Date(eventTime).toISOString();
  const vendor = `"version":"0","id":"${key}","detail-type":"v2.detail.events.conversation.{id}.acd.start","source":"aws.partner/genesys.com/cloud/x/y","time":"${iso}","detail":{"topicName":"t","version":"2","eventBody":{"eventTime":${eventTime},"conversationId":"c-${key}","mediaType":"VOICE","provider":"Edge","direction":"INBOUND","ani":"tel:+12025550143","dnis":"tel:+12025550100","queueId":"${queueId}","conversationExternalContactIds":["e0000001-0000-4000-8000-000000000001"],"requestedRoutingSkillIds":["50000001-0000-4000-8000-000000000001"],"routingPriority":10,"skillExpressionApplied":false`;
  const member = `{"floodgate":{"v":1,"key":"${key}","messageId":"m-${key}","receivedAt":"${iso}","eventTime":"${iso}","type":"acd.start","conversationId":"c-${key}","queueId":"${queueId}"},`;
  const closing = `},"metadata":{"CorrelationId":"${key}"},"timestamp":"${iso}"}}`;
  const pad = Math.max(0, bytes - vendor.length - closing.length - member.length - 14);
  return `${member}${vendor},"subject":"${"x".repeat(pad)}"${closing}`;
};

/** Queue entries of a campaign as delivered lines, some of them late. */
export const makeTrace = (options: TraceOptions): ReadonlyArray<TraceRecord> => {
  const { random } = options;
  const weights = cumulative(options.queues, options.zipf);
  const total = weights.at(-1) ?? 1;
  return Array.from({ length: options.entries }, (_, index) => {
    const at = random() * total;
    const queueId = queueIdOf(1 + weights.findIndex((weight) => at < weight));
    const published = options.start + Math.floor((index * 60_000) / options.perMinute);
    const lateness = random() < options.lateShare ? Math.floor(random() * options.lateSeconds * 1000) : 0;
    const eventTime = published - lateness;
    const key = createHash("sha256").update(`${index} ${eventTime}`).digest("hex").slice(0, 32);
    const data = Buffer.from(lineOf(key, queueId, eventTime, options.bytes)).toString("base64");
    return { recordId: `r-${index}`, key, queueId, eventTime, data };
  });
};
