import { userInfo } from "node:os";
import { inThisProcess } from "./in-this-process.ts";

/** What differs from run to run, or from machine to machine, by what it is. */
const varying: ReadonlyArray<readonly [RegExp, string]> = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [new RegExp(`by ${userInfo().username}\\b`, "g"), "by <user>"],
  [new RegExp(`"by": "${userInfo().username}"`, "g"), '"by": "<user>"'],
  [/127\.0\.0\.1:\d+/g, "<endpoint>"],
  [/"\/tmp\/[^"]*"/g, '"<file>"'],
  [/\/[^ "]*\/floodgate-[^ ":]*/g, "<file>"],
  [/ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d to [^)]*\)/g, " (<on this machine>)"],
];

const settled = (text: string): string =>
  varying.reduce((so, [pattern, name]) => so.replaceAll(pattern, name), text).trimEnd();

const indented = (text: string, sign: string): ReadonlyArray<string> =>
  text === ""
    ? []
    : settled(text)
        .split("\n")
        .map((line) => `${sign} ${line}`.trimEnd());

/** The object of `--json`, over lines; all other text as it is. */
const readable = (text: string): string =>
  text.startsWith("{") ? JSON.stringify(JSON.parse(text), undefined, 2) : text;

/**
 * Everything that a command answers, as a text for a file: its words, what it prints on either stream, its exit code, and
 * what `asked` says that it has asked of AWS.
 */
export const saidBy = async (
  file: string,
  args: ReadonlyArray<string>,
  asked: () => ReadonlyArray<string> = () => [],
): Promise<string> => {
  const { code, stdout, stderr } = await inThisProcess([...args, "--outputs", file]);
  // One that ends early leaves requests behind that nobody waits for.
  const isCutShort = stderr.startsWith("floodgate: ");
  const requests = isCutShort ? [] : new Set(asked().map((call) => settled(`> ${call}`)));
  return [
    settled(`$ floodgate ${args.join(" ")}`),
    ...indented(readable(stdout), " "),
    ...indented(stderr, "!"),
    ...[...requests].toSorted(),
    `= ${code}`,
    "",
  ].join("\n");
};
