import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Redaction } from "../ports/redaction.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/**
 * Runs a step on messages out of which personal data has been taken. While nobody knows how, nothing may be stored:
 * the messages stay where they are.
 */
export const onRedacted =
  <R, M extends Message>(step: (messages: ReadonlyArray<M>) => ReaderTask<R, ReadonlyArray<Outcome>>) =>
  (messages: ReadonlyArray<M>): ReaderTask<R & Redaction & Telemetry, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const redact = await capabilities.readRedaction();
    if (E.isRight(redact)) {
      return step(messages.map((message) => ({ ...message, body: redact.right(message.body) })))(capabilities)();
    }
    capabilities.warn("personal data cannot be redacted", { reason: redact.left.reason, events: messages.length })();
    return messages.map(({ messageId }) => ({ _tag: "Failed", messageId, failure: "unknown" }));
  };
