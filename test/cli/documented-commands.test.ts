import { readdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { commands } from "../../cli/commands.ts";
import { type Dev, floodgate, startDev } from "../support/floodgate.ts";
import { newFolder } from "../support/local-run.ts";

/*
 * Every command that stands in README, docs/ and the help texts is run here, against a stack that has something to show,
 * or is named below with the test that runs it.
 */

const conversation = "3d2dbb4e-2ab9-4f4b-858e-d7d3a50e3871";
const events = "test/samples/conversation.jsonl";
/** A name that no other test and no user's stack has. */
const ownStack = "written-by-a-test-of-documents";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Too long to be run here, or never over. */
const elsewhere: Readonly<Record<string, string>> = {
  "bench admission": "a minute of measuring: by hand, before a claim of speed",
  "bench objects": "a minute of measuring: by hand, before a claim of speed",
  dev: "test/cli/dev.test.ts",
  run: "test/cli/run.test.ts",
  simulate: "test/cli/simulate/simulate.test.ts with a seed, test/simulation/seeds.test.ts",
  "simulate --seeds 1000": "weekly, .github/workflows/long.yml",
  "simulate --seeds 1000 --json": "weekly, .github/workflows/long.yml",
  "simulate --scenario firehose-outage --seeds 1": "a minute: by hand, and test/runs/firehose-outage.test.ts",
  "simulate --scenario campaign-launch --seeds 1": "eleven minutes: by hand",
  'simulate --swarm {"seed":472, ...}': "test/cli/simulate/simulate.test.ts, with a whole swarm",
  "verify --stack prod": "test/cli/verify/verify.test.ts",
  "verify --stack dev": "test/cli/verify/verify.test.ts",
  "verify --outputs out/outputs.json": "test/cli/verify/verify.test.ts",
  "simulate --seeds 1 --from 7 --report seed.html": "test/cli/simulate/simulate.test.ts",
  query: "asks for a question; test/cli/query/query.test.ts",
  "failed list": "needs a stack: below with one",
};

/** Commands as they stand in a text, without what explains them. */
const commandsIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/npx (floodgate [^\n`|#;]*)/g)].map(
    ([, command = ""]) =>
      command
        .slice("floodgate ".length)
        .split(/ {2,}/)[0]
        ?.replace(/[.,:)]+\s*$/, "")
        .trim() ?? "",
  );

/** What follows `Example` in a help text. */
const examplesOf = (help: string): ReadonlyArray<string> =>
  commandsIn(
    help
      .split(/^Examples?:/m)
      .slice(1)
      .join(""),
  );

const helps = await Promise.all(Object.values(commands).map(async ({ load }) => (await load()).command.help));

/** Words as a shell makes them of a line. */
const wordsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");

const ofStack = new Set([
  "doctor",
  "dropped",
  "failed",
  "find",
  "map",
  "pause",
  "replay",
  "resume",
  "send",
  "status",
  "verify",
]);

/** Where there is something to show: a stack of this machine, and a run. */
interface Places {
  readonly outputs: string;
  readonly run: string;
}

/** Real things for the names of the documents. */
const instead: Readonly<Record<string, string>> = {
  ID: conversation,
  "<conversation": conversation,
  "<queue>": "VIP 8",
  FILE: events,
  "events.jsonl": events,
  NAME: "genesys-resets",
};

const withoutOption = (words: ReadonlyArray<string>, option: string): ReadonlyArray<string> =>
  words.filter((word, at) => word !== option && words[at - 1] !== option);

/** Times of the documents are of other days than the archive's. */
const recent = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.map((word, at) => ({ "--from": "1h", "--to": "0m" })[words[at - 1] ?? ""] ?? word);

const runnable = (written: ReadonlyArray<string>, { outputs, run }: Places): ReadonlyArray<string> => {
  const [name = ""] = written;
  const words = written
    .filter((word) => !["--watch", "STACK", "id>"].includes(word))
    .map((word) => instead[word] ?? (/^[0-9a-f]{8}-0000/.test(word) ? conversation : word));
  if (words.includes("--before-up"))
    return [...words.map((word) => (["<stack>", "prod"].includes(word) ? "dev" : word)), "--outputs", outputs];
  if (name === "plan") return words.map((word) => (["prod", "emulator"].includes(word) ? "dev" : word));
  if (name === "init") return [...withoutOption(words, "--stack"), "--stack", ownStack];
  if (name === "run") return [...withoutOption(words, "--events"), "--events", events, "--out", newFolder()];
  if (name === "query") return [...withoutOption(words, "--stack"), "--out", run];
  if (!ofStack.has(name)) return words;
  return [...recent(withoutOption(withoutOption(words, "--stack"), "--outputs")), "--outputs", outputs];
};

const documented = new Map<string, ReadonlyArray<string>>(
  [...documents.flatMap((document) => commandsIn(readFileSync(document, "utf8"))), ...helps.flatMap(examplesOf)]
    .map(wordsOf)
    .filter(([name]) => name !== undefined && /^[a-z]+$/.test(name))
    .map((words) => [words.join(" "), words] as const),
);

/** A process evaluates the program once: a second `plan` would print what the first has found. */
const evaluatedElsewhere = async (args: ReadonlyArray<string>, printed: string[]): Promise<number> => {
  const { code, stdout, stderr } = await floodgate(...args);
  printed.push(...[stdout, stderr].filter((text) => text !== ""));
  return code;
};

const last = ["pause", "resume"];

/** Many lines of the documents mean the same command. */
const distinct = (places: Places): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map(
    [...documented]
      .filter(([line]) => !Object.hasOwn(elsewhere, line))
      .map(([, words]) => runnable(words, places))
      .map((args) => [args.filter((arg) => !arg.startsWith("/")).join(" "), args] as const)
      // What is paused would hold up all the others.
      .toSorted(([a], [b]) => last.indexOf(a.split(" ")[0] ?? "") - last.indexOf(b.split(" ")[0] ?? "")),
  );

describe("the commands of the documents", { shuffle: false }, () => {
  let dev: Dev;
  const ran = newFolder();

  beforeAll(async () => {
    dev = await startDev(newFolder(), "--archive-lag", "0");
    await floodgate("map", "refresh", "--outputs", dev.outputs);
    await floodgate("send", "--events", events, "--wait", "--outputs", dev.outputs);
    await floodgate("run", "--events", events, "--out", ran);
  }, 120_000);
  afterAll(() => dev.stop());
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(`Pulumi.${ownStack}.yaml`, { force: true });
  });

  it("are as many as the documents have, and none is listed as run elsewhere that is not there", () => {
    expect(documented.size).toBeGreaterThan(50);
    const lines = [...documented.keys()];
    expect(Object.keys(elsewhere).filter((line) => !lines.includes(line))).toStrictEqual([]);
  });

  it("work when they are pasted: each ends as a command that was used rightly", async () => {
    const wrong: string[] = [];
    for (const [line, args] of distinct({ outputs: dev.outputs, run: ran })) {
      const [name = "", ...rest] = args;
      const printed: string[] = [];
      vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
      vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
      const entry = commands[name];
      const ended = await (entry === undefined
        ? Promise.reject(new Error("there is no such command"))
        : name === "plan"
          ? evaluatedElsewhere(args, printed)
          : entry.load().then(({ command }) => command.run(rest))
      ).catch((error: unknown) => error);

      vi.restoreAllMocks();
      rmSync(`Pulumi.${ownStack}.yaml`, { force: true });
      // 1 is a verdict: a stack of this machine has no Genesys event source, for one.
      if (ended !== 0 && ended !== 1) wrong.push(`${line}: ${String(ended)} ${printed.join("")}`);
      else if (printed.length === 0) wrong.push(`${line}: printed nothing`);
    }
    expect(wrong).toStrictEqual([]);
  }, 300_000);

  it("print what docs/connect-genesys.md shows of doctor: these lines, in this order", async () => {
    const linesOf = (text: string): ReadonlyArray<string> =>
      [...text.matchAll(/^ +(?:ok|warning|problem|skipped) +(\S.*?) {2,}/gm)].map(([, check = ""]) => check);
    const shown = linesOf(readFileSync("docs/connect-genesys.md", "utf8"));
    expect(shown.length).toBeGreaterThan(5);
    expect(linesOf((await floodgate("doctor", "--outputs", dev.outputs)).stdout)).toStrictEqual(shown);
  });
});
