import type { Clock } from "../../clock.ts";

/*
 * The quota of a delivery stream for direct PUT: bytes, records and calls a second, which AWS raises together (Firehose
 * Developer Guide, quotas). Each is a bucket that holds a second's worth and fills at the quota's rate; how AWS counts
 * within a second is not documented.
 */

const mebibyte = 1024 * 1024;
const recordsPerMebibyte = 100_000;

/** What is refused for being too much, of a call or of one of its records. */
export const slowDown = { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." } as const;

const bucket = (perSecond: number, now: () => number): ((amount: number) => boolean) => {
  let room = perSecond;
  let at = now();
  return (amount) => {
    room = Math.min(perSecond, room + ((now() - at) / 1000) * perSecond);
    at = now();
    // What is larger than a second's worth passes when the bucket is full, and is paid for afterwards.
    if (amount > room && room < perSecond) return false;
    room -= amount;
    return true;
  };
};

/** Whether one more call, or one more record of so many bytes, is within the quota; one that is has been counted. */
export const streamQuota = (mebibytesPerSecond: number, { now }: Clock) => {
  const takesCall = bucket(mebibytesPerSecond < 5 ? 1_000 : 2_000, now);
  const takesRecords = bucket(mebibytesPerSecond * recordsPerMebibyte, now);
  const takesBytes = bucket(mebibytesPerSecond * mebibyte, now);
  return { takesCall: () => takesCall(1), takesRecord: (bytes: number) => takesRecords(1) && takesBytes(bytes) };
};
