import { pipe } from "fp-ts/lib/function.js";
import * as RTE from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { Telemetry } from "../telemetry/ports.ts";
import type { Instant } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import { finishedDays, isFinished, openFrom } from "./finished-days.ts";
import type { CompactedDay, DaysUnavailable, StoredDays } from "./ports.ts";

type PlanCompactionCapabilities = StoredDays & Pick<Clock, "now"> & Pick<Telemetry, "count">;

const Asked = t.partial({ days: t.array(t.string) });

/** Who misspells `days` shall not wait for two weeks of them. */
const OnlyDays = t.refinement(Asked, (asked) => Object.keys(asked).every((key) => key === "days"), "{} or {days}");

/**
 * `asked` is the execution's own input. `days`: those that somebody asks for by hand, `2026-01-05` each, which are
 * compacted whatever there is; absent: the last two weeks that are finished, as far as they have to be.
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
  /** The first date whose lines queries have to look at now, `2026-01-05`; of the days above in a later run. */
  readonly from: string;
}

/** Whatever comes later than that under an old date is compacted when somebody asks for it. */
const looksBackDays = 14;

const notFinished = (days: ReadonlyArray<string>): DaysNotFinished => ({
  _tag: "DaysNotFinished",
  reason: `days: ${days.join(", ")}: has to be a date such as 2026-01-05 that ended three days and two hours ago or earlier (UTC)`,
});

interface Day {
  readonly dt: string;
  readonly objects: string;
}

/** The version that the views follow: the one whose writing began last. */
const newestOf = (compacted: ReadonlyArray<CompactedDay>): ReadonlyMap<string, CompactedDay> =>
  new Map(compacted.toSorted((a, b) => a.namedAt - b.namedAt).map((each) => [each.dt, each]));

/** Without lines there is nothing to do, and with the same as when it was compacted only when somebody asks for it. */
const isDue = ({ dt, objects }: Day, compacted: ReadonlyMap<string, CompactedDay>, isAsked: boolean): boolean =>
  objects !== "" && (isAsked || objects !== compacted.get(dt)?.objects);

type Step<A> = RTE.ReaderTaskEither<PlanCompactionCapabilities, DaysUnavailable | DaysNotFinished, A>;

const daysToLookAt =
  (asked: ReadonlyArray<string> | undefined): Step<ReadonlyArray<string>> =>
  ({ now }) => {
    const days = asked ?? finishedDays(now(), looksBackDays);
    const early = days.filter((dt) => !isFinished(dt, now()));
    return early.length > 0 ? TE.left(notFinished(early)) : TE.right(days);
  };

const readEach =
  (days: ReadonlyArray<string>): Step<ReadonlyArray<Day>> =>
  ({ readObjects }) =>
    pipe(
      days,
      TE.traverseSeqArray((dt) =>
        pipe(
          readObjects(dt),
          TE.map((objects) => ({ dt, objects })),
        ),
      ),
    );

/**
 * Which days to compact now: finished ones whose lines are not, or not all, in the Parquet that the views read, or those that
 * somebody asks for; and from which date on queries have to look at lines.
 */
export const planCompaction = ({ asked }: t.TypeOf<typeof PlanCompactionInput>): Step<PlanCompactionOutput> =>
  pipe(
    daysToLookAt(asked.days),
    RTE.bindTo("wanted"),
    RTE.bind(
      "withLines",
      (): Step<ReadonlyArray<string>> =>
        ({ listDays }) =>
          listDays,
    ),
    // A day without lines has nothing to read, and each day takes a listing for each type.
    RTE.bind("days", ({ wanted, withLines }) => readEach(wanted.filter((dt) => withLines.includes(dt)))),
    RTE.bind(
      "compacted",
      (): Step<ReadonlyArray<CompactedDay>> =>
        ({ listCompacted }) =>
          listCompacted,
    ),
    RTE.bind(
      "now",
      (): Step<Instant> =>
        ({ now }) =>
          TE.fromIO(now),
    ),
    RTE.map(({ days, compacted, withLines, now }) => ({
      days: days.filter((each) => isDue(each, newestOf(compacted), asked.days !== undefined)),
      from: openFrom(withLines, compacted, now),
    })),
    RTE.tap(
      ({ days }): Step<unknown> =>
        ({ count }) =>
          TE.fromIO(count({ daysToCompact: days.length })),
    ),
  );
