import type { Clock } from "../../time/ports.ts";
import type { DeliveryStream } from "../ports.ts";

/** Smaller pieces would be more calls for the same bytes; larger ones fall together in one second now and then. */
const pieceSeconds = 0.25;

/**
 * Keeps a container's deliveries to so many bytes a second, in small pieces, so that all containers together stay below
 * the stream's quota without knowing of each other.
 */
export const pacedStream = (
  { limits, putRecords }: DeliveryStream,
  bytesPerSecond: number,
  { now, sleep }: Clock,
): DeliveryStream => {
  let freeAt = 0;
  return {
    limits: { count: limits.count, bytes: Math.min(limits.bytes, bytesPerSecond * pieceSeconds) },
    turnIn: (bytesBefore) => Math.max(0, freeAt - now()) + (bytesBefore / bytesPerSecond) * 1000,
    putRecords: (records) => async () => {
      const bytes = records.reduce((sum, record) => sum + Buffer.byteLength(record), 0);
      const at = Math.max(now(), freeAt);
      freeAt = at + (bytes / bytesPerSecond) * 1000;
      const wait = Math.ceil(at - now());
      if (wait > 0) await sleep(wait)();
      return putRecords(records)();
    },
  };
};
