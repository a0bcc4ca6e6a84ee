import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { type ExitCode, exitCode, readOptions } from "../cli/command.ts";
import { number, paint, progressLine, say, table } from "../cli/terminal.ts";
import { type Bundle, bundle, bundleText } from "../infra/constructors/bundle.ts";

/** Import time of a bundle over that of one with the same SDK clients and nothing else. */
const mostOverFloor = 1.3;
const rounds = 61;

interface ColdStart {
  readonly name: string;
  readonly kilobytes: number;
  readonly milliseconds: number;
  readonly overFloor: number;
}

const clientsIn = ({ inputs }: Metafile): ReadonlyArray<string> => [
  ...new Set(Object.keys(inputs).flatMap((file) => /node_modules\/(@aws-sdk\/client-[^/]+)\//.exec(file)?.[1] ?? [])),
];

/** A bundle that only makes the clients reachable, as a handler does; each is kept by being exported. */
const floorOf = (clients: ReadonlyArray<string>): Promise<Bundle> =>
  bundleText(
    clients
      .map((client, index) => {
        const name = client
          .replace("@aws-sdk/client-", "")
          .split("-")
          .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
          .join("");
        const known: Readonly<Record<string, string>> = { Dynamodb: "DynamoDB", Sqs: "SQS", Sfn: "SFN" };
        return `export { ${known[name] ?? name}Client as c${index} } from "${client}";`;
      })
      .join("\n"),
  );

const script = "const at = performance.now(); await import('./index.mjs'); console.log(performance.now() - at);";

const importTime = (folder: string): number =>
  Number(execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" }));

/** The work is the same each time, so what a round takes longer is the machine's: the mean of the faster half counts. */
const fasterHalf = (values: ReadonlyArray<number>): number => {
  const half = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length / 2));
  return half.reduce((sum, value) => sum + value, 0) / half.length;
};

const inFolder = (code: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-coldstart-"));
  writeFileSync(join(folder, "index.mjs"), code);
  return folder;
};

/** Both in turn, round by round, so that a machine that is busy for a while is so for both. */
const measure = async (name: string): Promise<ColdStart> => {
  const { code, metafile } = await bundle(name);
  const [own, floor] = [inFolder(code), inFolder((await floorOf(clientsIn(metafile))).code)];
  const times = Array.from({ length: rounds }, () => ({ own: importTime(own), floor: importTime(floor) }));
  const [ownTime, floorTime] = [fasterHalf(times.map((each) => each.own)), fasterHalf(times.map((each) => each.floor))];
  for (const folder of [own, floor]) rmSync(folder, { recursive: true });
  return {
    name,
    kilobytes: Math.ceil(Buffer.byteLength(code) / 1024),
    milliseconds: ownTime,
    overFloor: ownTime / floorTime,
  };
};

export const benchColdstart = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { json: { type: "boolean", default: false } });
  const progress = progressLine();
  const results: ColdStart[] = [];
  for (const file of readdirSync("handlers")) {
    const name = file.replace(/\.ts$/, "");
    progress.show(name);
    results.push(await measure(name));
  }
  progress.clear();
  const isGood = results.every(({ overFloor }) => overFloor <= mostOverFloor);
  if (options.json) say(JSON.stringify({ results, isGood }));
  else {
    say(
      table([
        ["bundle", "KB", "import, ms", "over the floor"],
        ...results.map(({ name, kilobytes, milliseconds, overFloor }) => [
          name,
          number(kilobytes),
          milliseconds.toFixed(0),
          overFloor.toFixed(2),
        ]),
      ]),
    );
    say(
      `\n  ${isGood ? paint("green", "Within") : paint("red", "Over")} the budget of ${mostOverFloor} times a bundle with the same SDK clients.`,
    );
  }
  return isGood ? exitCode.done : exitCode.failed;
};
