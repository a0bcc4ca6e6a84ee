import type { Instant } from "../time/instant.ts";

/** Which version of the map is published, and what it holds. */
export interface Pointer {
  readonly version: string;
  readonly pages: number;
  readonly queues: number;
  readonly hash: string;
  readonly publishedAt: Instant;
  readonly checkedAt: Instant;
}

/** Key of the pointer in the table `queue-priorities`; no version starts with a letter. */
export const publishedKey = { version: { S: "published" }, page: { N: "0" } };
