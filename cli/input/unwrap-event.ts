import * as t from "io-ts";
import type { InputEvent } from "../../local/campaign/input-event.ts";
import { memberText } from "../../src/text/json-text.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { compact, elementsOf, type InputItem } from "./input-items.ts";

/** An event as it was found in a file. */
export interface ReadEvent extends InputEvent {
  readonly place: string;
  /** Where it stands, and why it is no event; undefined: it is one. */
  readonly problem?: string;
}

const Envelope = t.type({ source: t.string, "detail-type": t.string, detail: t.UnknownRecord });
const SourceLess = t.type({ "detail-type": t.string, detail: t.UnknownRecord });
const ShortForm = t.type({ type: t.literal("routing.queued") });

/** Members in which other tools keep an event as a text: SQS' console and Lambda's records, CloudWatch Logs. */
const textMembers = ["Body", "body", "message", "@message"];
/** Members in which they keep a list of such records. */
const listMembers = ["Records", "Messages", "events", "logEvents", "Events"];

/** An envelope in a message in a record: nothing is wrapped more often than this. */
const mostWrappings = 4;

const kindOf = (value: unknown): string =>
  typeof value === "string" ? "a text" : `a ${Array.isArray(value) ? "list" : typeof value}`;

const whyNoEvent = (value: unknown): string => {
  if (value === undefined) return "not JSON";
  if (value === null || typeof value !== "object") return `a ${value === null ? "null" : typeof value} by itself`;
  if (Array.isArray(value)) return "a list";
  const { "detail-type": type, detail }: { readonly "detail-type"?: unknown; readonly detail?: unknown } = value;
  return [
    ...(type === undefined ? ["no detail-type"] : typeof type === "string" ? [] : ["detail-type is no text"]),
    ...(detail === undefined
      ? ["no detail"]
      : t.UnknownRecord.is(detail)
        ? []
        : [`detail is ${kindOf(detail)}, not an object`]),
  ].join(", ");
};

const recordsOf = (list: string, place: string): ReadonlyArray<InputItem> =>
  elementsOf(list).map((text, index) => ({ text, place: `${place}, record ${index + 1}` }));

/** The items inside a record of another tool; undefined: it is none. */
const wrapped = ({ text, place }: InputItem, value: unknown): ReadonlyArray<InputItem> | undefined => {
  if (typeof value === "string" && parseJson(value) !== undefined) return [{ text: value, place }];
  if (Array.isArray(value)) return recordsOf(text, place);
  if (!t.UnknownRecord.is(value) || "detail-type" in value) return undefined;
  const list = listMembers.find((name) => Array.isArray(value[name]));
  if (list !== undefined) return recordsOf(memberText(text, [list]) ?? "[]", place);
  const member = textMembers.find((name) => t.string.is(value[name]));
  return member === undefined ? undefined : [{ text: String(value[member]), place: `${place}, ${member}` }];
};

const eventsIn = ({ text, place }: InputItem, depth: number): ReadonlyArray<ReadEvent> => {
  const value = parseJson(text);
  if (Envelope.is(value)) return [{ door: "bus", text: compact(text), place }];
  if (SourceLess.is(value) || ShortForm.is(value)) return [{ door: "buffer", text, place }];
  const inside = depth < mostWrappings ? wrapped({ text, place }, value) : undefined;
  if (inside === undefined) return [{ door: "buffer", text, place, problem: `${place}: ${whyNoEvent(value)}` }];
  return inside.flatMap((each) => eventsIn(each, depth + 1));
};

/** The events of an item, out of what other tools have put around them; what is no event stays as it is, with the reason. */
export const unwrapEvent = (item: InputItem): ReadonlyArray<ReadEvent> => eventsIn(item, 0);
