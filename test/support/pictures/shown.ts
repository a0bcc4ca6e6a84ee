import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What each picture of docs/images shows: files and folders whose change makes it old. */
export const pictures: Readonly<Record<string, ReadonlyArray<string>>> = {
  "live-page.png": ["local/watch/page", "local/watch/guide.ts"],
  "live-page-dark.png": ["local/watch/page", "local/watch/guide.ts"],
  "run.png": ["cli/run/result-text.ts"],
};

export const digestsFile = "docs/images/shown.json";

const filesOf = (path: string): ReadonlyArray<string> =>
  path.endsWith(".ts")
    ? [path]
    : readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|css|html)$/.test(name))
        .map((name) => join(path, name))
        .toSorted();

/** A digest for each picture of what it shows, as it is now. */
export const digestsNow = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(pictures).map(([picture, paths]) => [
      picture,
      hash(
        "sha256",
        paths
          .flatMap(filesOf)
          .map((file) => readFileSync(file, "utf8"))
          .join("\n"),
        "hex",
      ).slice(0, 16),
    ]),
  );
