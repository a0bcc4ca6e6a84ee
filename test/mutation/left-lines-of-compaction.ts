import { type LeftLine, sameAnswer } from "./left-reasons.ts";

/** Of the room `compaction`, and of what other rooms have for it alone. */
export const leftLinesOfCompaction: ReadonlyArray<LeftLine> = [
  ["src/compaction/adapters/s3-days.ts", "at < keys.length", "A slice behind the last one has nothing in it."],
  ["src/compaction/adapters/s3-days.ts", "const dateIn", "S3 ends a common prefix behind its delimiter."],
  ["src/compaction/finished-days.ts", "midnight !== undefined", "Nothing is later than the end of a day that is none."],
  ["src/compaction/finished-days.ts", "dt < first", sameAnswer],
  [
    "src/compaction/plan-compaction.ts",
    'objects !== ""',
    "Days are listed by their lines: only those that are removed that very moment have none.",
  ],
  [
    "src/event/report-outcomes.ts",
    "const isMalformed",
    "Only what is parked has this class: what cannot be stored has that of the store.",
  ],
  ["src/genesys/adapters/access-token.ts", "const end:", "A member that is absent is read as undefined."],
  [
    "src/runtime/environment.ts",
    "PlanCompactionEnvironment",
    "The program sets it; what is said of a variable that is missing is held by the others of this file.",
  ],
  ["src/transform/partition-keys.ts", "export const closesAt", "Asked by compaction alone, whose tests hold it."],
];
