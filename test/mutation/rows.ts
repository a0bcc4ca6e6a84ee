import { relative } from "node:path";
import type { Stryker } from "@stryker-mutator/core";

type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

/** A bug that was planted, and whether a test noticed it. */
export interface MutationRow {
  readonly file: string;
  readonly room: string;
  readonly line: number;
  readonly mutator: string;
  readonly replacement: string;
  readonly isNoticed: boolean;
  /** Any test runs the line. */
  readonly hasCoverage: boolean;
  /** Decisions and steps are held to more than what touches the world. */
  readonly isDecision: boolean;
}

const noticed: ReadonlySet<string> = new Set(["Killed", "Timeout", "RuntimeError"]);
const judged: ReadonlySet<string> = new Set([...noticed, "Survived", "NoCoverage"]);

export const rowsOf = (results: ReadonlyArray<MutantResult>): ReadonlyArray<MutationRow> =>
  results
    .filter(({ status }) => judged.has(status))
    .map(({ fileName, location, mutatorName, replacement = "", status }) => {
      const file = relative(process.cwd(), fileName);
      const room = file.split("/")[1] ?? "";
      return {
        file,
        room,
        line: location.start.line,
        mutator: mutatorName,
        replacement,
        isNoticed: noticed.has(status),
        hasCoverage: status !== "NoCoverage",
        isDecision: room !== "runtime" && !file.includes("/adapters/"),
      };
    });
