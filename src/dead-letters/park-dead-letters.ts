import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import type { Deliveries } from "../delivery/ports.ts";
import { groupCopies, triage } from "../event/copies.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import { failedOutcomes, messageIdsOf, type Outcome, repeatsOf } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import { parkMessages } from "../failed/park-messages.ts";
import type { ParkEvents } from "../failed/ports.ts";
import type { Redaction } from "../redaction/ports.ts";
import { onRedacted } from "../redaction/redact-messages.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { DeadLetter } from "./dead-letter.ts";

type ParkDeadLettersCapabilities = Pick<Deliveries, "findDeliveries"> & ParkEvents & Telemetry;

/**
 * From this receive on a dead letter must be what kills its reader, so it is parked without being looked at. So many
 * take more than four hours: a table or a salt that is away for less does not park what was delivered all the same. SQS
 * goes on counting when it moves a message to a dead-letter queue, so the buffer's own ten receives come first.
 */
const unreadFrom = 100;

const parkAs = (failure: "deadLetter" | "sealed", letters: ReadonlyArray<DeadLetter>) =>
  parkMessages(letters.map((message) => ({ message, failure, detail: message.detail })));

const isUnread = ({ receives }: DeadLetter): boolean => receives >= unreadFrom;

/** Outcomes of letters that were delivered all the same, or of which nobody can say that now. */
const settled =
  (letters: ReadonlyArray<DeadLetter>): RT.ReaderTask<ParkDeadLettersCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const { events } = decodeMessages(letters, capabilities);
    const groups = groupCopies(events);
    const known = await capabilities.findDeliveries(groups.map(({ first }) => first))();
    if (E.isLeft(known)) {
      capabilities.warn("deliveries cannot be checked", { reason: known.left.reason, events: events.length })();
      return groups.flatMap((copies) => failedOutcomes(copies, { failure: "dynamodbUnavailable" }));
    }
    return triage(groups, known.right).delivered.flatMap(({ copies, messageId }) => repeatsOf(copies, messageId));
  };

/** Parks what no queue could hand over, with the queue's name and the service's error; a copy's own outcome stands. */
export const parkDeadLetters = (
  letters: ReadonlyArray<DeadLetter>,
): RT.ReaderTask<ParkDeadLettersCapabilities, ReadonlyArray<Outcome>> =>
  pipe(
    settled(letters.filter((letter) => !isUnread(letter))),
    RT.bindTo("outcomes"),
    RT.bindW("parked", ({ outcomes }) => {
      const isSettled = new Set(messageIdsOf(outcomes));
      return parkAs(
        "deadLetter",
        letters.filter(({ messageId }) => !isSettled.has(messageId)),
      );
    }),
    RT.map(({ outcomes, parked }) => [...outcomes, ...parked]),
    RT.tap(reportOutcomes),
  );

/**
 * Parks letters as they came, sealed: where the stack redacts, a letter that has been received so often kills its reader,
 * or waits for a salt that nobody can read. In a dead-letter queue it would expire; sealed it waits for ever, no command
 * shows its text, and whoever brings it back redacts it first.
 */
const parkSealed = (
  letters: ReadonlyArray<DeadLetter>,
): RT.ReaderTask<ParkEvents & Telemetry, ReadonlyArray<Outcome>> =>
  pipe(parkAs("sealed", letters), RT.tap(reportOutcomes));

/** Parks dead letters out of which personal data has been taken; sealed where that has failed for too long. */
export const parkRedacted =
  (
    letters: ReadonlyArray<DeadLetter>,
  ): RT.ReaderTask<ParkDeadLettersCapabilities & Redaction, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const isSealed = (letter: DeadLetter): boolean => capabilities.redacts && isUnread(letter);
    const [sealed, others] = [letters.filter(isSealed), letters.filter((letter) => !isSealed(letter))];
    return [
      ...(sealed.length === 0 ? [] : await parkSealed(sealed)(capabilities)()),
      ...(others.length === 0 ? [] : await onRedacted(parkDeadLetters)(others)(capabilities)()),
    ];
  };
