import type { Counts } from "./coverage.ts";

/**
 * Faults after which a line may be written twice, as docs/simulation.md says: whoever wrote it, or was to note that it was
 * written, could not know. After any other a second line is a mistake.
 */
const repeating: ReadonlyArray<string> = [
  "dynamodb-throttles",
  "dynamodb-fails",
  "dynamodb-loses-answers",
  "dynamodb-leaves-batches",
  "dynamodb-leaves-reads",
  "firehose-loses-answers",
  "process-dies",
  "poison-messages",
  "process-hangs",
  "visibility-ends",
  "task-fails",
  "machine-dies",
  "invocation-loses-answer",
];

export const mayRepeat = (faults: Counts, acts: Counts): boolean =>
  repeating.some((kind) => faults[kind] !== undefined) || acts["replay"] !== undefined;
