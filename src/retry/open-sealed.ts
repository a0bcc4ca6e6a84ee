import * as E from "fp-ts/lib/Either.js";
import type { ReaderTask } from "fp-ts/lib/ReaderTask.js";
import { type Failed, failedMessages } from "../event/outcome.ts";
import { type FailedEvent, toMessage } from "../failed/failed-event.ts";
import type { Redaction } from "../redaction/ports.ts";
import type { Redact } from "../redaction/redact.ts";
import type { Telemetry } from "../telemetry/ports.ts";

interface Opened {
  readonly events: ReadonlyArray<FailedEvent>;
  /** What could not be redacted now either: it stays as it is. */
  readonly sealed: ReadonlyArray<Failed>;
}

const redactEach = (sealed: ReadonlyArray<FailedEvent>, redact: Redact): Opened => {
  const events: FailedEvent[] = [];
  const broken: FailedEvent[] = [];
  for (const event of sealed) {
    const body = E.tryCatch(() => redact(event.body), E.toError);
    if (E.isLeft(body)) broken.push(event);
    else {
      const { sealed: _, ...others } = event;
      events.push({ ...others, body: body.right });
    }
  }
  return { events, sealed: failedMessages(broken.map(toMessage), "unknown") };
};

/** Takes the personal data out of events that were parked sealed; nothing sealed is ever delivered as it is. */
export const openSealed =
  (all: ReadonlyArray<FailedEvent>): ReaderTask<Pick<Redaction, "readRedaction"> & Telemetry, Opened> =>
  (capabilities) =>
  async () => {
    const sealed = all.filter((event) => event.sealed === true);
    if (sealed.length === 0) return { events: all, sealed: [] };
    const events = all.filter((event) => event.sealed !== true);
    const redact = await capabilities.readRedaction();
    if (E.isLeft(redact)) {
      capabilities.warn("personal data cannot be redacted", { reason: redact.left.reason, events: sealed.length })();
      return { events, sealed: failedMessages(sealed.map(toMessage), "unknown") };
    }
    const opened = redactEach(sealed, redact.right);
    return { events: [...events, ...opened.events], sealed: opened.sealed };
  };
