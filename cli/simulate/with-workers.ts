import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Variant } from "../../local/simulation/simulation.ts";
import { type Job, writtenVariants } from "./job.ts";
import { openWorkers, type Workers } from "./workers.ts";

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * As many processes as there are cores, in a folder of their own for whatever they write. Both are gone in the end, also
 * when somebody has had enough of it.
 */
export const withWorkers = async <A>(
  variants: ReadonlyArray<Variant>,
  job: Omit<Job, "variantsFile">,
  most: number,
  use: (workers: Workers) => Promise<A>,
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "floodgate-simulate-"));
  const variantsFile = join(folder, "variants.json");
  writeFileSync(variantsFile, writtenVariants(variants));
  const workers = openWorkers(Math.min(availableParallelism(), most), { ...job, variantsFile }, folder);
  const clear = (): void => {
    workers.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const handlers = Object.entries(signals).map(([signal, code]) => {
    const end = (): never => {
      clear();
      process.exit(code);
    };
    process.once(signal, end);
    return () => process.removeListener(signal, end);
  });
  try {
    return await use(workers);
  } finally {
    for (const remove of handlers) remove();
    clear();
  }
};
