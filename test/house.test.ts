import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  crowdedFolders,
  cyclesOf,
  functionsOf,
  importsOf,
  importsOfTests,
  infraImports,
  leakedAdapters,
  roomGraph,
  roomOf,
  type Tree,
  upwardImports,
} from "./support/house.ts";

const folders = ["src", "handlers", "infra", "local", "cli", "bench", "test"];
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`),
);
const sources: Tree = new Map(
  files.filter((path) => path.endsWith(".ts")).map((path) => [path, readFileSync(path, "utf8")] as const),
);
const rooms: ReadonlyArray<string> = [
  ...readFileSync("docs/architecture.md", "utf8").matchAll(/^\| `([\w-]+)` \|/gm),
].map(([, room = ""]) => room);

/** The tree with one file more, as somebody might write it. */
const withFile = (path: string, text: string): Tree => new Map([...sources, [path, text]]);

const longest = 45;
const mostlyAtMost = 18;
const mostFiles = 15;

/** How many lines nine of ten functions have at most. */
const ninetieth = (lengths: ReadonlyArray<number>): number =>
  lengths.toSorted((a, b) => a - b)[Math.ceil(lengths.length * 0.9) - 1] ?? 0;

const ofSrc = (tree: Tree): Tree => new Map([...tree].filter(([path]) => roomOf(path) !== undefined));

describe("the house", () => {
  it("has the rooms that docs/architecture.md lists, in that order: no import runs up", () => {
    const found = new Set([...sources.keys()].flatMap((path) => roomOf(path) ?? []));
    expect([...found].toSorted()).toStrictEqual([...rooms].toSorted());
    expect(upwardImports(sources, rooms)).toStrictEqual([]);
    expect(upwardImports(withFile("src/event/x.ts", 'import "../retry/plan-redrive.ts";'), rooms)).toStrictEqual([
      "src/event/x.ts -> src/retry/plan-redrive.ts",
    ]);
    expect(upwardImports(withFile("src/cellar/x.ts", 'import "../text/json-text.ts";'), rooms)).toStrictEqual([]);
    expect(upwardImports(withFile("src/runtime/x.ts", 'import type { A } from "../cellar/y.ts";'), rooms)).toHaveLength(
      1,
    );
  });

  it("keeps SDKs and adapters behind ports", () => {
    expect(leakedAdapters(sources)).toStrictEqual([]);
    const leaks = 'import { s3 } from "../aws/adapters/aws-clients.ts";\nimport "@aws-sdk/client-s3";';
    expect(leakedAdapters(withFile("src/retry/x.ts", leaks))).toStrictEqual([
      "src/retry/x.ts -> src/aws/adapters/aws-clients.ts",
      "src/retry/x.ts -> @aws-sdk/client-s3",
    ]);
    expect(infraImports(sources)).toStrictEqual([]);
    expect(infraImports(withFile("infra/x.ts", 'import "../src/admission/admit.ts";'))).toHaveLength(1);
  });

  it("has no cycle, neither of files nor of rooms", () => {
    expect(cyclesOf(importsOf(sources))).toStrictEqual([]);
    expect(cyclesOf(roomGraph(sources))).toStrictEqual([]);
    const tied = new Map([
      ["src/text/a.ts", 'import type { B } from "../time/b.ts";'],
      ["src/time/b.ts", 'export * from "./c.ts";'],
      ["src/time/c.ts", 'const a = await import("../text/a.ts");'],
    ]);
    expect(cyclesOf(importsOf(tied))).toStrictEqual([["src/text/a.ts", "src/time/b.ts", "src/time/c.ts"]]);
    expect(cyclesOf(roomGraph(tied))).toStrictEqual([["text", "time"]]);
  });

  it("imports nothing from its tests", () => {
    expect(importsOfTests(sources)).toStrictEqual([]);
    expect(importsOfTests(withFile("bench/x.ts", 'import "../test/support/builders.ts";'))).toHaveLength(1);
  });

  it("has no folder that is a heap", () => {
    const own = files.filter((path) => !path.startsWith("test/samples/"));
    expect(crowdedFolders(own, mostFiles)).toStrictEqual([]);
    const many = Array.from({ length: mostFiles + 1 }, (_, index) => `src/text/${index}.ts`);
    expect(crowdedFolders(many, mostFiles)).toStrictEqual(["src/text: 16 files"]);
  });

  it("has short functions", () => {
    const measured = functionsOf(ofSrc(sources));
    expect(measured.filter(({ lines }) => lines > longest)).toStrictEqual([]);
    expect(ninetieth(measured.map(({ lines }) => lines))).toBeLessThanOrEqual(mostlyAtMost);
    const long = `export const endless = () => {\n${"  work();\n".repeat(longest)}};`;
    expect(functionsOf(new Map([["src/text/x.ts", long]]))).toStrictEqual([
      { name: "src/text/x.ts: endless", lines: longest + 2 },
    ]);
  });
});
