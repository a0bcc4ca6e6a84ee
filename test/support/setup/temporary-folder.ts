import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** All that a run of the tests writes for itself lies in one folder, which goes when it ends. */
export const setup = (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-tests-"));
  // Workers, and the programs that they start, inherit it.
  process.env["TMPDIR"] = folder;
  // A worker for each file, and each would compile the SDKs again.
  process.env["NODE_COMPILE_CACHE"] = join(folder, "compiled");
  return () => rmSync(folder, { recursive: true, force: true });
};
