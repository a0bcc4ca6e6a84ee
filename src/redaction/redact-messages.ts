import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import type { Breakers, SinkHealth } from "../breakers/ports.ts";
import type { Message } from "../event/message.ts";
import { failedMessages, type Outcome } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Clock } from "../time/ports.ts";
import type { Redaction } from "./ports.ts";
import type { Redact } from "./redact.ts";

type Step<R, M> = (messages: ReadonlyArray<M>) => ReaderTask<R, ReadonlyArray<Outcome>>;

/** A message on which our own code throws fails alone instead of taking the batch along. */
const redactEach = <M extends Message>(messages: ReadonlyArray<M>, redact: Redact, { warn }: Telemetry) => {
  const redacted: M[] = [];
  const broken: M[] = [];
  for (const message of messages) {
    const body = E.tryCatch(() => redact(message.body), E.toError);
    if (E.isRight(body)) redacted.push({ ...message, body: body.right });
    else {
      warn("a message broke the redaction", { messageId: message.messageId, reason: body.left.name })();
      broken.push(message);
    }
  }
  return { redacted, broken };
};

/**
 * Runs a step on messages out of which personal data has been taken. While nobody knows how, nothing may be stored:
 * the messages stay where they are, and `whileUnknown` is told.
 */
export const onRedacted =
  <R, M extends Message, S = unknown>(
    step: Step<R, M>,
    whileUnknown: ReaderTask<S, void> = () => async () => undefined,
  ) =>
  (
    messages: ReadonlyArray<M>,
  ): ReaderTask<R & S & Pick<Redaction, "readRedaction"> & Telemetry, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const redact = await capabilities.readRedaction();
    if (E.isRight(redact)) {
      const { redacted, broken } = redactEach(messages, redact.right, capabilities);
      if (broken.length === 0) return step(redacted)(capabilities)();
      const left = failedMessages(broken, "unknown");
      await reportOutcomes(left)(capabilities)();
      return redacted.length === 0 ? left : [...left, ...(await step(redacted)(capabilities)())];
    }
    capabilities.warn("personal data cannot be redacted", { reason: redact.left.reason, events: messages.length })();
    const outcomes = failedMessages(messages, "unknown");
    await reportOutcomes(outcomes)(capabilities)();
    await whileUnknown(capabilities)();
    return outcomes;
  };

/** Other containers may know the salt, and go on; one that has not got it for so long is likely not to be alone. */
const redactionPatience = 5 * 60_000;

type PauseCapabilities = Breakers & SinkHealth & Telemetry & Pick<Clock, "now">;

/**
 * Pauses the flow before waiting costs messages their receives. There is no canary, which would be stored as it came:
 * plan-redrive lets the flow itself try again.
 */
export const pauseUnredacted: ReaderTask<PauseCapabilities, void> = (capabilities) => async () => {
  const now = capabilities.now();
  if (now - capabilities.failingSince(now) < redactionPatience) return;
  const breaker = { name: "sink", openedAt: now, reason: "redactionUnavailable", by: "process-batch" } as const;
  const opened = await capabilities.openBreaker(breaker)();
  if (E.isRight(opened) && opened.right) {
    capabilities.warn("nothing can be redacted: the breaker of the sink is open", { reason: breaker.reason })();
  }
};
