import { AsyncLocalStorage } from "node:async_hooks";
import { runCommand } from "../../../cli/run-command.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Printed {
  stdout: string;
  stderr: string;
}

/** Which command is printing, when several run at the same time. */
const printing = new AsyncLocalStorage<Printed>();

const divert = (name: "stdout" | "stderr"): void => {
  const stream = process[name];
  const write = stream.write.bind(stream);
  const diverted = (...given: Parameters<typeof write>): boolean => {
    const printed = printing.getStore();
    if (printed === undefined) return write(...given);
    printed[name] += String(given[0]);
    return true;
  };
  Object.assign(stream, { write: diverted });
};

divert("stdout");
divert("stderr");

/** Runs a command by the very function that the executable runs, and keeps what it prints. */
export const inThisProcess = async (args: ReadonlyArray<string>): Promise<Ended> => {
  const printed: Printed = { stdout: "", stderr: "" };
  const code = await printing.run(printed, () => runCommand(args));
  return { code, ...printed };
};
