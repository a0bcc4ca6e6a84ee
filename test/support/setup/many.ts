/**
 * How many cases a search tries: all of them, or one in TEST_CASES_ONE_IN, for a run that repeats the tests some
 * thousand times (`npm run mutate`). Checks on how much was met have to use it too.
 */
export const many = (cases: number): number => Math.ceil(cases / Number(process.env["TEST_CASES_ONE_IN"] ?? 1));
