import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as RT from "fp-ts/lib/ReaderTask.js";
import type { Deliveries } from "../delivery/ports.ts";
import { groupCopies, triage } from "../event/copies.ts";
import { decodeMessages } from "../event/decode-messages.ts";
import { failedOutcomes, type Outcome, repeatsOf } from "../event/outcome.ts";
import { reportOutcomes } from "../event/report-outcomes.ts";
import { park } from "../failed/park.ts";
import type { ParkFailedEvents } from "../failed/ports.ts";
import type { Redaction } from "../redaction/ports.ts";
import { onRedacted } from "../redaction/redact-messages.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { DeadLetter } from "./dead-letter.ts";

export type ParkDeadLettersCapabilities = Pick<Deliveries, "findDeliveries"> & ParkFailedEvents & Telemetry;

/**
 * From this receive on a dead letter must be what kills its reader, so it is parked without being looked at. So many
 * take more than four hours: a table or a salt that is away for less does not park what was delivered all the same. SQS
 * goes on counting when it moves a message to a dead-letter queue, so the buffer's own ten receives come first.
 */
const unreadFrom = 100;

const parkAll = (letters: ReadonlyArray<DeadLetter>) =>
  park(letters.map((message) => ({ message, reason: "deadLetter", detail: message.detail })));

const isUnread = ({ receiveCount }: DeadLetter): boolean => receiveCount >= unreadFrom;

/** A dead letter can be a copy that was delivered all the same: its outcome stands, and only the others are parked. */
const settle =
  (letters: ReadonlyArray<DeadLetter>): RT.ReaderTask<ParkDeadLettersCapabilities, ReadonlyArray<Outcome>> =>
  (capabilities) =>
  async () => {
    const { events } = decodeMessages(
      letters.filter((letter) => !isUnread(letter)),
      capabilities,
    );
    const groups = groupCopies(events);
    const known = await capabilities.findDeliveries(groups.map(({ first }) => first))();
    if (E.isLeft(known)) {
      capabilities.warn("deliveries cannot be checked", { reason: known.left.reason, events: events.length })();
      const waiting = groups.flatMap((copies) => failedOutcomes(copies, { failure: "dynamodbUnavailable" }));
      const isWaiting = new Set(waiting.map(({ messageId }) => messageId));
      const others = letters.filter(({ messageId }) => !isWaiting.has(messageId));
      return [...waiting, ...(await parkAll(others)(capabilities)())];
    }
    const settled = triage(groups, known.right).delivered.flatMap(({ copies, messageId }) =>
      repeatsOf(copies, messageId),
    );
    const isSettled = new Set(settled.map(({ messageId }) => messageId));
    const others = letters.filter(({ messageId }) => !isSettled.has(messageId));
    return [...settled, ...(await parkAll(others)(capabilities)())];
  };

/** Parks what no queue could hand over, with the queue's name and the service's error as its reason. */
export const parkDeadLetters = (
  letters: ReadonlyArray<DeadLetter>,
): RT.ReaderTask<ParkDeadLettersCapabilities, ReadonlyArray<Outcome>> => pipe(settle(letters), RT.tap(reportOutcomes));

/**
 * Parks letters as they came, sealed: where the stack redacts, a letter that has been received so often kills its reader,
 * or waits for a salt that nobody can read. In a dead-letter queue it would expire; sealed it waits for ever, no command
 * shows its text, and whoever brings it back redacts it first.
 */
const parkSealed = (
  letters: ReadonlyArray<DeadLetter>,
): RT.ReaderTask<ParkFailedEvents & Telemetry, ReadonlyArray<Outcome>> =>
  pipe(park(letters.map((message) => ({ message, reason: "sealed", detail: message.detail }))), RT.tap(reportOutcomes));

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
