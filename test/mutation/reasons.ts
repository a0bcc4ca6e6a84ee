import { readFileSync } from "node:fs";
import { leftLines } from "./left-lines.ts";
import { leftLinesOfAdapters } from "./left-lines-of-adapters.ts";
import { leftLinesOfCompaction } from "./left-lines-of-compaction.ts";
import { compiler, nameOnly } from "./left-reasons.ts";
import type { MutationRow } from "./rows.ts";

/*
 * Why a planted bug that no test notices is left. A rule is for a kind of change, or for a line of a file; a line is
 * known by a piece of its text, so that it may move.
 */

interface Rule {
  readonly reason: string;
  readonly is: (row: MutationRow, line: string) => boolean;
}

const isTextToNothing = ({ mutator, replacement }: MutationRow): boolean =>
  mutator === "StringLiteral" && replacement === '""';

const rules: ReadonlyArray<Rule> = [
  ...[...leftLines, ...leftLinesOfAdapters, ...leftLinesOfCompaction].map(
    ([file, text, reason]): Rule => ({ reason, is: (row, line) => row.file === file && line.includes(text) }),
  ),
  {
    reason: nameOnly,
    is: (row, line) =>
      isTextToNothing(row) &&
      (/^\s*"[A-Z][A-Za-z ]+",$/.test(line) ||
        /(?:t\.|Listing\(|lenient\(|oneOf\(|guarded\(|bounded\().*"[\w ]+"/.test(line)),
  },
  { reason: compiler, is: ({ mutator }) => mutator === "OptionalChaining" },
  {
    reason: compiler,
    is: ({ replacement }) => replacement === '["Stryker was here"]' || replacement === '"Stryker was here!"',
  },
  { reason: compiler, is: ({ hasCoverage }) => !hasCoverage },
  {
    reason: compiler,
    is: ({ replacement }, line) => replacement === "true" && /oldest !== undefined|index !== undefined/.test(line),
  },
];

const texts = new Map<string, ReadonlyArray<string>>();

const lineOf = ({ file, line }: MutationRow): string => {
  const text = texts.get(file) ?? readFileSync(file, "utf8").split("\n");
  texts.set(file, text);
  return text[line - 1] ?? "";
};

/** Why a bug that no test notices is left, and the line that it is in; no reason: somebody has to look at it. */
export const reasonOf = (row: MutationRow): { readonly line: string; readonly reason: string | undefined } => {
  const line = lineOf(row);
  return { line: line.trim(), reason: rules.find(({ is }) => is(row, line))?.reason };
};
