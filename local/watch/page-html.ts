import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Recording } from "./recording.ts";

/* The page as one text without any other file: its markup with its style and its script in it. */

/** In the order in which they override each other. */
const styles = ["base", "controls", "ledger", "flow", "chart", "lists", "try", "conversation", "narrow"] as const;

const partOf = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");

const scriptOf = (): string => {
  const built = buildSync({
    entryPoints: [fileURLToPath(new URL("./page/main.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
  });
  return built.outputFiles[0]?.text ?? "";
};

/** Texts of others must not end the element that they stand in. */
const inScript = (text: string): string => text.replaceAll("<", "\\u003c");

let page: string | undefined;

/** The page, put together once in a process; live, or of a recording. */
export const pageHtml = (recording?: Recording): string => {
  // By functions, because a `$` in what is put in means something to replace().
  page ??= partOf("page.html")
    .replace("/*style*/", () => styles.map((name) => partOf(`style/${name}.css`)).join(""))
    .replace("/*script*/", () => scriptOf().replaceAll("</script", "<\\/script"));
  const recorded = recording === undefined ? "null" : inScript(JSON.stringify(recording));
  return page.replace('"the recorded run"', () => recorded);
};
