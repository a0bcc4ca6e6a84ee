/**
 * Why an event did not get through, as one closed list. `malformed` and `tooLarge` never succeed and are parked at once; the others may pass and are tried again.
 */
export const permanentFailures = ["malformed", "tooLarge"] as const;
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

export type PermanentFailure = (typeof permanentFailures)[number];
export type TransientFailure = (typeof transientFailures)[number];
export type FailureClass = PermanentFailure | TransientFailure;
