import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";
import { type MutationRow, rowsOf } from "./rows.ts";
import { scoreTable } from "./score-table.ts";
import { survivorsDocument } from "./survivors.ts";

/*
 * `npm run mutate [-- ROOM... --write]`: plants every small bug that Stryker knows in the rooms of `src/`, one at a time, and
 * runs the tests of the very room. A bug counts as noticed only if the room's own tests fail. With `--write` it lists
 * those that are not in docs/mutants.md.
 */

/** Tests that stand for several rooms, beside those of the room's own folder. */
const shared: Readonly<Record<string, ReadonlyArray<string>>> = {
  "dead-letters": ["test/crashes.test.ts"],
  delivery: ["test/crashes.test.ts"],
  failed: ["test/crashes.test.ts"],
  retry: ["test/crashes.test.ts"],
};

/** The library has it as an enumeration that this compiler cannot import. */
type LogLevel = NonNullable<ConstructorParameters<typeof Stryker>[0]["logLevel"]>;

const out = "out/mutation";
const rooms = readdirSync("src");
const isWriting = process.argv.includes("--write");
const chosen = process.argv.slice(2).filter((each) => each !== "--write");
const unknown = chosen.filter((room) => !rooms.includes(room));

/**
 * Whether the tests of a room are still those of its last run. Only then its results may be used again: which tests a
 * bug in a module's own constants would break is not known to Stryker, so that it takes no new test for one of them.
 */
const haveTestsChanged = (room: string, tests: ReadonlyArray<string>): boolean => {
  const digest = createHash("sha256");
  for (const file of globSync([...tests, "test/support/**/*.ts", "package-lock.json"]).toSorted()) {
    digest.update(file).update(readFileSync(file));
  }
  const now = digest.digest("hex");
  const file = `${out}/${room}.tests`;
  const hasChanged = !existsSync(file) || readFileSync(file, "utf8") !== now;
  mkdirSync(out, { recursive: true });
  writeFileSync(file, now);
  return hasChanged;
};

const mutateRoom = async (room: string): Promise<ReadonlyArray<MutationRow>> => {
  const tests = [`test/${room}/**/*.test.ts`, ...(shared[room] ?? [])];
  process.env["MUTATION_TESTS"] = tests.join(" ");
  const results = await new Stryker({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    mutate: [`src/${room}/**/*.ts`],
    ignorePatterns: ["/dist", "/out", "/coverage", "/.vitest"],
    incremental: true,
    force: haveTestsChanged(room, tests),
    incrementalFile: `${out}/${room}.json`,
    tempDirName: `${out}/sandbox`,
    // Loops that a bug makes endless are ended after this, in milliseconds.
    timeoutMS: 3_000,
    concurrency: 2,
    checkers: [],
    allowEmpty: true,
    reporters: ["progress-append-only", "html"],
    htmlReporter: { fileName: `${out}/${room}.html` },
    fileLogLevel: "off" as LogLevel,
    logLevel: "warn" as LogLevel,
  }).runMutationTest();
  return rowsOf(results);
};

if (unknown.length > 0) {
  console.error(`no room of src/: ${unknown.join(", ")}. Rooms: ${rooms.join(", ")}`);
  process.exit(2);
}
// Workers that an endless loop has stopped do not tidy up after themselves.
const place = mkdtempSync(join(tmpdir(), "floodgate-mutation-"));
process.env["TMPDIR"] = place;
process.on("exit", () => rmSync(place, { recursive: true, force: true }));
const rows: MutationRow[] = [];
for (const room of chosen.length === 0 ? rooms : chosen) rows.push(...(await mutateRoom(room)));
const { text, scores, isGood } = scoreTable(rows);
console.log(text);
if (isWriting) writeFileSync("docs/mutants.md", survivorsDocument(rows, scores));
process.exit(isGood ? 0 : 1);
