import { benchAdmission } from "../bench/admission.ts";
import { benchColdstart } from "../bench/coldstart.ts";
import { benchObjects } from "../bench/objects.ts";
import { type Command, type ExitCode, UsageError } from "./command.ts";

const benches: Readonly<Record<string, (args: ReadonlyArray<string>) => Promise<ExitCode>>> = {
  admission: benchAdmission,
  coldstart: benchColdstart,
  objects: benchObjects,
};

export const command: Command = {
  summary: "measure admission, cold starts and objects against their budgets",
  help: `
Usage: npx floodgate bench admission [--seed N] [--json]
       npx floodgate bench coldstart [--json]
       npx floodgate bench objects [--per-day MILLIONS,...] [--json]

  admission   200 queues (Zipf 1.1), 10,000 entries a minute for 10 minutes, 1.5 KB events, batches of 2,000,
              8 concurrent transformers, 10 % of batches replayed, 20 % of events up to 90 s late, clocks +-30 s.
              Counted from what came back, by bench/recount.ts.
  coldstart   size of every bundle, and the time to import it over that of a bundle with the same SDK clients.
  objects     an hour of 0.1 and 5 million events a day through the local delivery stream: objects a day and their
              size, with the defaults of version 0.1 and with those that follow from floodgate:expected.

Exit code 1 when over a budget.

Example: npx floodgate bench admission
`,
  run: ([name = "", ...args]) => {
    const bench = benches[name];
    if (bench === undefined) throw new UsageError("bench takes: admission, coldstart, objects; see --help");
    return bench(args);
  },
};
