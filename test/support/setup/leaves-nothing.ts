import { hash } from "node:crypto";
import { afterAll, expect } from "vitest";

/*
 * Test files of a worker share its process, in any order. So each has to leave the process as it found it: its environment,
 * its folder, its clock.
 */

/** Powertools puts it into the environment when it is loaded. */
const setByLibraries = ["AWS_SDK_UA_APP_ID"];

/** What is compared may be printed, and an environment may hold secrets. */
const environment = (): ReadonlyArray<string> =>
  Object.entries(process.env)
    .filter(([name]) => !setByLibraries.includes(name))
    .map(([name, value = ""]) => `${name} ${hash("sha256", value, "hex").slice(0, 8)}`)
    .toSorted();

const seen = () => ({
  environment: environment(),
  folder: process.cwd(),
  clock: [Date, setTimeout, setInterval, setImmediate, queueMicrotask, process.nextTick, process.hrtime],
});

const found = seen();

afterAll(() => {
  expect(seen()).toStrictEqual(found);
});
