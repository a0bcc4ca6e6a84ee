import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../command.ts";

/** The folder of a run's bucket: the one below `s3` that has events. */
export const bucketIn = (out: string): string => {
  const folder = join(out, "s3");
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  if (name === undefined) throw new UsageError(`${folder} has no bucket: run npx floodgate run first, or name --out`);
  return join(folder, name);
};
