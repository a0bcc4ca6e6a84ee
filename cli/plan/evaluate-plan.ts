import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodePlan, type Plan } from "../../local/plan.ts";

const cli = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Evaluates the program in a process of its own: Pulumi's runtime would not survive a second time, or another clock. */
export const evaluatePlan = async (
  stack: string,
  overrides: ReadonlyArray<string> = [],
  outputsFile?: string,
): Promise<Plan> => {
  const args = [cli, "plan", "--json", "--stack", stack, ...overrides.flatMap((each) => ["--config", each])];
  if (outputsFile !== undefined) args.push("--write-outputs", outputsFile);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
    return decodePlan(stdout);
  } catch (error) {
    const printed =
      error instanceof Error && "stderr" in error
        ? String(error.stderr)
            .trim()
            .replace(/^floodgate: /, "")
        : "";
    throw new Error(printed === "" ? String(error) : printed);
  }
};
