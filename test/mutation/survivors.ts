import { reasonOf } from "./reasons.ts";
import type { MutationRow } from "./rows.ts";

const cell = (text: string): string =>
  `\`${text.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll(/\s+/g, " ").slice(0, 110)}\``;

/** docs/mutants.md: every planted bug that no test notices, and why it is left. */
export const survivorsDocument = (rows: ReadonlyArray<MutationRow>, scores: string): string => {
  const left = rows
    .filter(({ isNoticed }) => !isNoticed)
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  const byFile = Map.groupBy(left, ({ file }) => file);
  return [
    "# Planted bugs that no test notices",
    "",
    "`npm run mutate -- --write` plants every small change that Stryker knows in `src/`, one at a time, runs the tests of",
    "the very room, and writes this page. A change is here because no test of its room fails; each has the reason for which",
    "it is left (test/mutation/reasons.ts).",
    "",
    "```",
    scores,
    "```",
    ...[...byFile].flatMap(([file, of]) => [
      "",
      `## ${file}`,
      "",
      "| line | becomes | why it is left |",
      "| --- | --- | --- |",
      ...of.map((row) => {
        const { line, reason } = reasonOf(row);
        return `| ${cell(line)} | ${cell(row.replacement)} | ${reason ?? "**Not looked at yet.**"} |`;
      }),
    ]),
    "",
  ].join("\n");
};
