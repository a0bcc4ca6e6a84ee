import { existsSync } from "node:fs";
import { join } from "node:path";
import { compactedColumns, glueColumns, views } from "../../infra/querying/views.ts";
import { type LocalEngine, openLocalEngine } from "../../local/querying/local-engine.ts";

/** Opens the objects of a local run with the program's views; Parquet is read where the run has some. */
export const openRun = (bucket: string, serviceLevelSeconds: number): Promise<LocalEngine> =>
  openLocalEngine(bucket, {
    views: views({ serviceLevelSeconds, parquet: existsSync(join(bucket, "compacted")) }),
    compactedColumns: glueColumns(compactedColumns),
  });
