import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const documents = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const asked = new Map<string, string>();

/** What a command prints with --help, asked once each. */
const help = (...args: ReadonlyArray<string>): string => {
  const known = asked.get(args.join(" "));
  const printed = known ?? execFileSync(process.execPath, ["cli/main.ts", ...args, "--help"], { encoding: "utf8" });
  asked.set(args.join(" "), printed);
  return printed;
};

describe("the documents", () => {
  it("name only commands and subcommands that there are", () => {
    const known = new Set(
      help()
        .split("\n")
        .map((line) => /^ {2}([a-z]+) /.exec(line)?.[1]),
    );
    const wrong: string[] = [];
    for (const document of documents) {
      for (const [, command = "", second = ""] of readFileSync(document, "utf8").matchAll(
        /npx floodgate ([a-z]+)(?: ([a-z]+))?/g,
      )) {
        if (!known.has(command)) wrong.push(`${document}: ${command}`);
        if (["map", "failed"].includes(command) && second !== "" && !help(command).includes(`${command} ${second}`)) {
          wrong.push(`${document}: ${command} ${second}`);
        }
      }
    }
    expect(wrong).toStrictEqual([]);
  });

  it("name only options that the command of their line has", () => {
    const wrong: string[] = [];
    for (const document of documents) {
      for (const [line, command = ""] of readFileSync(document, "utf8").matchAll(/npx floodgate ([a-z]+)[^\n`#;|]*/g)) {
        for (const [option] of line.matchAll(/--[a-z-]+/g)) {
          const isKnown = command === "help" || option === "--help" || help(command).includes(option);
          if (!isKnown) wrong.push(`${document}: ${line.trim()}: ${option}`);
        }
      }
    }
    expect(wrong).toStrictEqual([]);
  });

  it("link only to files that there are", () => {
    const missing: string[] = [];
    for (const document of documents) {
      const folder = document.includes("/") ? `${document.slice(0, document.lastIndexOf("/"))}/` : "";
      for (const [, link = ""] of readFileSync(document, "utf8").matchAll(/\]\(([^)#]+)\)/g)) {
        if (!link.startsWith("http") && !existsSync(`${folder}${link}`)) missing.push(`${document}: ${link}`);
      }
    }
    expect(missing).toStrictEqual([]);
  });

  it("tell in the troubleshooting guide a first command under every heading", () => {
    const sections = readFileSync("docs/troubleshooting.md", "utf8").split("\n## ").slice(1);
    expect(sections.length).toBeGreaterThanOrEqual(8);
    for (const section of sections) expect(section).toMatch(/\n {4}(npx floodgate|aws) /);
  });
});
