import * as t from "io-ts";

/* How a copy can end, and the lines that say so. */

export type End = "delivered" | "lowPriority" | "rateLimited" | "dropped" | "givenUp" | "duplicate";

/** Which end counts when a copy has several, as the audit decides (audit/audit.ts). */
export const ranks: Readonly<Record<End, number>> = {
  delivered: 5,
  lowPriority: 4,
  rateLimited: 4,
  dropped: 3,
  givenUp: 2,
  duplicate: 1,
};

export const Line = t.type({
  floodgate: t.intersection([
    t.type({ messageId: t.string }),
    t.partial({ excess: t.keyof({ lowPriority: null, rateLimited: null }) }),
  ]),
});
export const FailedLine = t.type({ messageId: t.string });
export const DuplicatesLog = t.type({ message: t.literal("duplicates"), messageIds: t.array(t.string) });

/** Words of Firehose's error output, for people. */
export const givenUpReason = (what: string): string => `firehose:${what.slice(what.indexOf(": ") + 2)}`;
