import * as E from "fp-ts/lib/Either.js";
import type { Telemetry } from "../telemetry/ports.ts";
import { decodeMessage } from "./decode-message.ts";
import type { GenesysEvent } from "./genesys-event.ts";
import type { Message } from "./message.ts";
import { type Failed, failedMessages, type ToPark } from "./outcome.ts";

interface DecodedMessages {
  readonly events: ReadonlyArray<GenesysEvent>;
  readonly toPark: ReadonlyArray<ToPark>;
  readonly broken: ReadonlyArray<Failed>;
}

/** One pass over the batch. A message on which our own code throws fails alone instead of taking the batch along. */
export const decodeMessages = (messages: ReadonlyArray<Message>, { warn }: Telemetry): DecodedMessages => {
  const events: GenesysEvent[] = [];
  const toPark: ToPark[] = [];
  const broken: Message[] = [];
  for (const message of messages) {
    const decoded = E.tryCatch(() => decodeMessage(message), E.toError);
    if (E.isLeft(decoded)) {
      warn("a message broke the decoder", { messageId: message.messageId, reason: decoded.left.name })();
      broken.push(message);
    } else if (E.isLeft(decoded.right)) {
      toPark.push({ message, failure: "malformed", detail: decoded.right.left.reason });
    } else events.push(decoded.right.right);
  }
  return { events, toPark, broken: failedMessages(broken, "unknown") };
};
