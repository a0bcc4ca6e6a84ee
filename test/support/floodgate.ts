import { type ChildProcess, execFile, spawn } from "node:child_process";
import { type Ended, inThisProcess } from "./cloud/in-this-process.ts";

/** Commands that need a process of their own: Pulumi's runtime, a local cloud of their own, signals. */
const ownProcess = new Set(["bench", "dev", "init", "plan", "query", "simulate"]);

const inOwnProcess = (args: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["cli/main.ts", ...args], { maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

/** Runs the command as a user does: the same code, and where that is enough, without a process for each. */
export const floodgate = (...args: ReadonlyArray<string>): Promise<Ended> =>
  ownProcess.has(args[0] ?? "") ? inOwnProcess(args) : inThisProcess(args);

/** Runs a command with `--json`; the answer is undefined when it printed none. */
export const floodgateJson = async (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await floodgate(...args, "--json");
  return { code, answer: stdout === "" ? undefined : JSON.parse(stdout), stderr };
};

/** Settings of a client of this machine's cloud. */
export const clientOf = ({ endpoint, accessKey }: Pick<Dev, "endpoint" | "accessKey">) => ({
  endpoint,
  region: "eu-central-1",
  disableHostPrefix: true,
  credentials: { accessKeyId: `test.${accessKey}`, secretAccessKey: "test" },
});

export interface Dev {
  readonly outputs: string;
  readonly endpoint: string;
  readonly accessKey: string;
  readonly page: string;
  readonly stop: () => Promise<void>;
}

/** Starts `floodgate dev` on a free port and waits until it runs. */
export const startDev = async (out: string, ...args: ReadonlyArray<string>): Promise<Dev> => {
  const dev: ChildProcess = spawn(process.execPath, [
    "cli/main.ts",
    "dev",
    "--port",
    "0",
    "--json",
    "--out",
    out,
    ...args,
  ]);
  // Whoever ends the tests ends it as well.
  const kill = (): void => void dev.kill("SIGKILL");
  process.once("exit", kill);
  dev.once("close", () => process.off("exit", kill));
  const started: { endpoint: string; accessKey: string; outputs: string; page: string } = await new Promise(
    (resolve, reject) => {
      let printed = "";
      dev.stdout?.on("data", (text) => {
        printed += text;
        const end = printed.indexOf("\n");
        if (end >= 0) resolve(JSON.parse(printed.slice(0, end)));
      });
      dev.once("close", () => reject(new Error("floodgate dev ended")));
    },
  );
  return {
    ...started,
    stop: () =>
      new Promise((resolve) => {
        dev.once("close", () => resolve());
        dev.kill("SIGINT");
      }),
  };
};
