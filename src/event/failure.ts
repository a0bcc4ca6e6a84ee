import * as t from "io-ts";
import { oneOf } from "../text/one-of.ts";

/**
 * Why an event did not get through, as one closed list; docs/failures.md says of each where the event waits, for how
 * long, and how that ends. The permanent ones are parked at once: a retry by itself cannot help. The others may pass.
 */
export const permanentFailures = ["malformed", "tooLarge", "deadLetter", "sealed"] as const;
export const transientFailures = [
  "genesysRateLimited",
  "genesysUnavailable",
  "genesysRefused",
  "firehoseThrottled",
  "firehoseUnavailable",
  "firehoseRefused",
  "dynamodbUnavailable",
  "s3Unavailable",
  "timeout",
  "unknown",
] as const;

type PermanentFailure = (typeof permanentFailures)[number];
export type TransientFailure = (typeof transientFailures)[number];
export type FailureClass = PermanentFailure | TransientFailure;

export const failureClasses: ReadonlyArray<FailureClass> = [...permanentFailures, ...transientFailures];

/** Why an event has to wait, and how long at least when a vendor said so; a step hands it to the next in this form. */
export const Failure = t.intersection(
  [t.type({ failure: oneOf("TransientFailure", transientFailures) }), t.partial({ retryAfterSeconds: t.number })],
  "Failure",
);
export type Failure = t.TypeOf<typeof Failure>;

/**
 * Classes whose events stay as they are however often they are brought back. A dead letter is no such case: only its
 * queue has given up on it. Nor is a sealed event, whose personal data could not be redacted when it was parked.
 */
export const isHopeless = (failure: FailureClass): boolean => failure === "malformed" || failure === "tooLarge";

/** Failures of what all events have to pass; when one of them stops everything, the buffer holds the flow back. */
export const isSinkFailure = (failure: FailureClass): boolean => {
  switch (failure) {
    case "firehoseThrottled":
    case "firehoseUnavailable":
    case "firehoseRefused":
    case "dynamodbUnavailable":
    case "s3Unavailable":
      return true;
    case "genesysRateLimited":
    case "genesysUnavailable":
    case "genesysRefused":
    case "timeout":
    case "unknown":
    case "malformed":
    case "tooLarge":
    case "deadLetter":
    case "sealed":
      return false;
  }
};

/** The event waits for names only. It is delivered without them after a while, so long waits make no sense. */
export const isGenesysFailure = (failure: TransientFailure): boolean => failure.startsWith("genesys");
