import * as t from "io-ts";
import type { Cloud } from "../../cloud.ts";
import { parseJson } from "../../text.ts";
import type { Counts } from "../coverage.ts";

/**
 * Faults after which a line may be written twice, as docs/simulation.md says: whoever wrote it, or was to note that it was
 * written, could not know. After any other a second line is a mistake.
 */
const repeating: ReadonlyArray<string> = [
  "firehose-loses-answers",
  "process-dies",
  "poison-messages",
  "process-hangs",
  "visibility-ends",
  "task-fails",
  "machine-dies",
  "invocation-loses-answer",
];

/** A delivery that could not be noted, as the pipeline itself says: the event's next copy is delivered again. */
const Unrecorded = t.type({ message: t.literal("unrecorded deliveries"), keys: t.array(t.string) });

/** Of which events a second line is no mistake. */
export const mayRepeat = (faults: Counts, logs: Cloud["logs"]): ((key: string) => boolean) => {
  if (repeating.some((kind) => faults[kind] !== undefined)) return () => true;
  const unrecorded = new Set(
    logs.flatMap(({ text }) => {
      const line = parseJson(text);
      return Unrecorded.is(line) ? line.keys : [];
    }),
  );
  return (key) => unrecorded.has(key);
};
