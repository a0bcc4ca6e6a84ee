import * as E from "fp-ts/lib/Either.js";
import { decodeMessage } from "../domain/decode-message.ts";
import type { GenesysEvent } from "../domain/genesys-event.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Hopeless } from "./park.ts";

export interface DecodedMessages {
  readonly events: ReadonlyArray<GenesysEvent>;
  readonly hopeless: ReadonlyArray<Hopeless>;
  readonly broken: ReadonlyArray<Outcome>;
}

/** One pass over the batch. A message on which our own code throws fails alone instead of taking the batch along. */
export const decodeMessages = (messages: ReadonlyArray<Message>, { warn }: Telemetry): DecodedMessages => {
  const events: GenesysEvent[] = [];
  const hopeless: Hopeless[] = [];
  const broken: Outcome[] = [];
  for (const message of messages) {
    const decoded = E.tryCatch(() => decodeMessage(message), E.toError);
    if (E.isLeft(decoded)) {
      warn("a message broke the decoder", { messageId: message.messageId, reason: decoded.left.name })();
      broken.push({ _tag: "Failed", messageId: message.messageId, failure: "unknown" });
    } else if (E.isLeft(decoded.right)) {
      hopeless.push({ message, reason: "malformed", detail: decoded.right.left.reason });
    } else events.push(decoded.right.right);
  }
  return { events, hopeless, broken };
};
