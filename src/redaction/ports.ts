import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Unavailable } from "../event/unavailable.ts";
import type { Redact } from "./redact.ts";

export type RedactionUnavailable = Unavailable<"RedactionUnavailable">;

/** What the stack keeps out of everything that it stores; nothing may be stored while that is not known. */
export interface Redaction {
  /** Whether there is anything to be kept out. */
  readonly redacts: boolean;
  readonly readRedaction: TaskEither<RedactionUnavailable, Redact>;
}
