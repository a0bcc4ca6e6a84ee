import { excessEntry, queueEntry } from "../event/event-type.ts";
import { skipValue } from "../text/json-text.ts";
import { parseJson } from "../text/parse-json.ts";
import { type ExcessReason, type FloodgateMember, lineOpening } from "./delivered-line.ts";
import { isFloodgateMember } from "./read-delivered-line.ts";

/**
 * How the type begins as deliveredLine writes it. The first one in a line is the member's own: the texts before it stand in
 * quotes, and a quote within them has a backslash before it.
 */
const typeOpening = '"type":"';

/** Base64 characters that hold the member up to its type; a multiple of four, so that they decode by themselves. */
const headCharacters = 288;

const inserted = (reason: ExcessReason): string => `${excessEntry.slice(queueEntry.length)}","excess":"${reason}`;

/**
 * Exported for its tests, as what it leaves is marked all the same. Only the head is encoded again: what is inserted is 30 bytes long, a multiple of three, so that the base64 text of all
 * the rest stays as it is.
 */
export const markPlain = (data: string, reason: ExcessReason): string | undefined => {
  if (data.length <= headCharacters || data.length % 4 !== 0) return undefined;
  const head = atob(data.slice(0, headCharacters));
  const at = head.indexOf(typeOpening) + typeOpening.length;
  // Anything else, a line that is marked already among it, is parsed.
  if (!head.startsWith(lineOpening) || !head.startsWith(`${queueEntry}"`, at)) return undefined;
  const end = at + queueEntry.length;
  return btoa(head.slice(0, end) + inserted(reason) + head.slice(end)) + data.slice(headCharacters);
};

const withReason = ({ excess: _, type: __, ...member }: FloodgateMember, reason: ExcessReason | undefined) => {
  const { v, key, messageId, receivedAt, eventTime, ...others } = member;
  const marks = reason === undefined ? { type: queueEntry } : { type: excessEntry, excess: reason };
  return { v, key, messageId, receivedAt, eventTime, ...marks, ...others };
};

const markParsed = (data: string, reason: ExcessReason | undefined): string => {
  const line = Buffer.from(data, "base64").toString("utf8");
  const end = line.startsWith(lineOpening) ? skipValue(line, lineOpening.length) : 0;
  const member = parseJson(line.slice(lineOpening.length, end));
  // A record that another producer has put on the stream has no member that could say it; its place does.
  if (!isFloodgateMember(member)) return data;
  const marked = `${lineOpening}${JSON.stringify(withReason(member, reason))}${line.slice(end)}`;
  return Buffer.from(marked).toString("base64");
};

/**
 * A queue entry's line (base64) with the type `acd.start-excess` and the reason why it was set aside; without a reason
 * under its own type again. Everything else stays byte for byte what it was.
 */
export const markExcess = (data: string, reason: ExcessReason | undefined): string =>
  (reason === undefined ? undefined : markPlain(data, reason)) ?? markParsed(data, reason);
