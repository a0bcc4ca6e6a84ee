import * as t from "io-ts";
import { FloodgateMember } from "../../src/delivery/delivered-line.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import type { FoundEvent } from "../find/found-event.ts";
import type { Stack } from "../stack/stack.ts";
import { errorTypeOf, listErrorObjects, readErrorObjectOrWarn } from "./error-objects.ts";

/** A record that Firehose has given up on, and why. */
export interface ErrorEvent {
  readonly type: string;
  readonly text: string;
}

/** All records under `errors/`; what is no record of Firehose's is no event either. */
export const readErrorEvents = async (stack: Stack): Promise<ReadonlyArray<ErrorEvent>> => {
  const events: ErrorEvent[] = [];
  for (const key of await listErrorObjects(stack)) {
    for (const { record } of await readErrorObjectOrWarn(stack, key)) {
      if (record !== undefined) events.push({ type: errorTypeOf(key), text: record.toString("utf8") });
    }
  }
  return events;
};

const Line = t.type({ floodgate: FloodgateMember });

/** Undefined for a record that is no line of ours: nobody can tell which copy it is. */
export const fromError = ({ type, text }: ErrorEvent): FoundEvent | undefined => {
  const line = parseJson(text);
  if (!Line.is(line)) return undefined;
  const { key, messageId, receivedAt, eventTime, type: eventType } = line.floodgate;
  return {
    key,
    type: eventType,
    eventTime,
    conversationId: line.floodgate.conversationId ?? null,
    participantId: null,
    queueId: line.floodgate.queueId ?? null,
    userId: null,
    outcome: "parked",
    messageId,
    receivedAt,
    deliveredAt: null,
    prefix: null,
    decision: null,
    reason: `firehose:${type}`,
    attempts: null,
    nextAt: null,
  };
};
