import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Clock } from "../time/ports.ts";
import { finishedDays, isFinished, openFrom } from "./finished-days.ts";
import type { DaysUnavailable, StoredDay, StoredDays } from "./ports.ts";

type PlanCompactionCapabilities = StoredDays & Pick<Clock, "now"> & Pick<Telemetry, "count">;

const Asked = t.partial({ days: t.array(t.string) });

/** Who misspells `days` shall not wait for two weeks of them. */
const OnlyDays = t.refinement(Asked, (asked) => Object.keys(asked).every((key) => key === "days"), "{} or {days}");

/**
 * `asked` is the execution's own input. `days`: those that somebody asks for by hand, `2026-01-05` each; absent: the last
 * two weeks that are finished.
 */
export const PlanCompactionInput = t.type({ asked: OnlyDays }, "PlanCompactionInput");

/** Nothing may be compacted that is still being written. */
interface DaysNotFinished {
  readonly _tag: "DaysNotFinished";
  readonly reason: string;
}

interface PlanCompactionOutput {
  /** `objects`: of which lines the Parquet will be, so that the next look knows whether others came. */
  readonly days: ReadonlyArray<{ readonly dt: string; readonly objects: string }>;
  /** The first date whose lines queries look at, `2026-01-05`, once these days are compacted. */
  readonly from: string;
}

/** Whatever comes later than that under an old date is compacted when somebody asks for it. */
const looksBackDays = 14;

const notFinished = (days: ReadonlyArray<string>): DaysNotFinished => ({
  _tag: "DaysNotFinished",
  reason: `days: ${days.join(", ")}: has to be a date such as 2026-01-05 that ended two days and two hours ago or earlier (UTC)`,
});

/** Without lines, or with the same as when it was compacted, there is nothing to do. */
const isDue = ({ objects, compacted }: StoredDay): boolean => objects !== "" && objects !== compacted;

/** Which days to compact now: finished ones whose lines are not, or not all, in the Parquet that the views read. */
export const planCompaction = ({
  asked,
}: t.TypeOf<typeof PlanCompactionInput>): RTE.ReaderTaskEither<
  PlanCompactionCapabilities,
  DaysUnavailable | DaysNotFinished,
  PlanCompactionOutput
> =>
  pipe(
    RTE.ask<PlanCompactionCapabilities>(),
    RTE.flatMapTaskEither(({ now, readDay, listDays, listCompacted, count }) => {
      const days = asked.days ?? finishedDays(now(), looksBackDays);
      const early = days.filter((dt) => !isFinished(dt, now()));
      if (early.length > 0) return TE.left<DaysUnavailable | DaysNotFinished, PlanCompactionOutput>(notFinished(early));
      return pipe(
        days,
        TE.traverseSeqArray((dt) =>
          pipe(
            readDay(dt),
            TE.map((stored) => ({ dt, stored })),
          ),
        ),
        TE.map((read) => read.filter(({ stored }) => isDue(stored))),
        TE.map((due) => due.map(({ dt, stored }) => ({ dt, objects: stored.objects }))),
        TE.tapIO((due) => count({ daysToCompact: due.length })),
        TE.bindTo("days"),
        TE.bind("withLines", () => listDays),
        TE.bind("compacted", () => listCompacted),
        TE.map(({ days: due, withLines, compacted }) => ({ days: due, from: openFrom(withLines, compacted, now()) })),
      );
    }),
  );
