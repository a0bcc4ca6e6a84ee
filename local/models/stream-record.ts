export interface StreamRecord {
  readonly recordId: string;
  readonly data: Buffer;
  readonly arrivedAt: number;
}

/** A line of an object under the error prefix, as Firehose writes what it has given up on (Developer Guide). */
export const errorLine = (
  { data, arrivedAt }: StreamRecord,
  errorCode: string,
  attemptsMade: number,
  now: number,
): string =>
  JSON.stringify({
    attemptsMade,
    arrivalTimestamp: arrivedAt,
    errorCode,
    errorMessage: errorCode,
    attemptEndingTimestamp: now,
    rawData: data.toString("base64"),
  });
