import { hash } from "node:crypto";
import * as t from "io-ts";

interface EventKeyBrand {
  readonly EventKey: unique symbol;
}

const hexDigits = 32;

const isHexDigit = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);

/** By hand, because this runs for each of 10,000 records and a pattern costs three times as much. */
const isKey = (text: string): boolean => {
  if (text.length !== hexDigits) return false;
  for (let at = 0; at < hexDigits; at += 1) if (!isHexDigit(text.charCodeAt(at))) return false;
  return true;
};

/** Identity of an event, the same for every copy of it: 16 bytes as 32 hexadecimal digits. */
export const EventKey = t.brand(t.string, (text): text is t.Branded<string, EventKeyBrand> => isKey(text), "EventKey");
export type EventKey = t.TypeOf<typeof EventKey>;

/**
 * What makes an event itself. A republished event has a new envelope but the same body, so a body that says when
 * it happened is its own identity; without that, two events may well have equal bodies (a user joins a queue,
 * leaves it, joins again) and only the envelope tells them apart. See docs/decisions/0002-event-key.md.
 */
export type Identity =
  | { readonly _tag: "Body"; readonly detailType: string; readonly text: string }
  | { readonly _tag: "Envelope"; readonly id: string }
  | { readonly _tag: "Message"; readonly messageId: string };

const identityText = (identity: Identity): string => {
  switch (identity._tag) {
    case "Body":
      return `body\n${identity.detailType}\n${identity.text}`;
    case "Envelope":
      return `envelope\n${identity.id}`;
    case "Message":
      return `message\n${identity.messageId}`;
  }
};

export const eventKeyOf = (identity: Identity): EventKey =>
  // The one place where a key is made: a digest always has the form that the codec asks for.
  hash("sha256", identityText(identity), "hex").slice(0, hexDigits) as EventKey;
