/** What became of one sentence of a contract. */
export interface ContractResult {
  /** What is held to it: "the table deliveries", "deliveries in memory". */
  readonly subject: string;
  readonly sentence: string;
  readonly problem: string | undefined;
}

interface Assertion {
  readonly ancestorTitles: ReadonlyArray<string>;
  readonly title: string;
  readonly status: string;
  readonly failureMessages: ReadonlyArray<string>;
}

interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: ReadonlyArray<Assertion>;
  }>;
}

/** Of a report that vitest wrote; a file of which no test ran is a problem of its own. */
export const resultsOf = (json: string): ReadonlyArray<ContractResult> => {
  const report = JSON.parse(json) as Report;
  return report.testResults.flatMap(({ name, status, message, assertionResults }) =>
    assertionResults.length === 0 && status !== "passed"
      ? [{ subject: name, sentence: "can be run", problem: message || "no test ran" }]
      : assertionResults.map((each) => ({
          subject: each.ancestorTitles.join(" "),
          sentence: each.title,
          problem: each.status === "passed" ? undefined : (each.failureMessages[0] ?? each.status),
        })),
  );
};

const firstLine = (text: string): string => (text.split("\n")[0] ?? "").slice(0, 160);

/** By what is held to a contract: how many of its sentences hold here and there, and each that does not. */
export const differences = (
  ours: ReadonlyArray<ContractResult>,
  theirs: ReadonlyArray<ContractResult>,
): { readonly text: string; readonly isGood: boolean } => {
  const problemOf = (results: ReadonlyArray<ContractResult>, { subject, sentence }: ContractResult) => {
    const found = results.find((each) => each.subject === subject && each.sentence === sentence);
    return found === undefined ? "was not run" : found.problem;
  };
  const all = [...ours, ...theirs.filter((each) => problemOf(ours, each) === "was not run")];
  const rows = all.map((each) => ({ ...each, here: problemOf(ours, each), there: problemOf(theirs, each) }));
  const bad = rows.filter(({ here, there }) => here !== undefined || there !== undefined);
  const lines = [...new Set(rows.map(({ subject }) => subject))].map((subject) => {
    const own = rows.filter((row) => row.subject === subject);
    const held = (of: (row: (typeof rows)[number]) => string | undefined): string =>
      `${own.filter((row) => of(row) === undefined).length}/${own.length}`.padStart(8);
    return `${subject.padEnd(52)}${held(({ here }) => here)}${held(({ there }) => there)}`;
  });
  const text = [
    `${"holds its contract".padEnd(52)}${"local".padStart(8)}${"there".padStart(8)}`,
    ...lines,
    ...bad.flatMap(({ subject, sentence, here, there }) => [
      "",
      `${subject}: ${sentence}`,
      `  local: ${here === undefined ? "holds" : firstLine(here)}`,
      `  there: ${there === undefined ? "holds" : firstLine(there)}`,
    ]),
  ].join("\n");
  return { text, isGood: bad.length === 0 && rows.length > 0 };
};
