import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { IO } from "fp-ts/lib/IO.js";
import type { ReaderTaskEither } from "fp-ts/lib/ReaderTaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import * as t from "io-ts";
import type { GenesysError } from "../genesys/genesys-error.ts";
import type { GenesysQueues, QueuePage } from "../genesys/ports.ts";
import type { Telemetry } from "../telemetry/ports.ts";
import { parseInstant } from "../time/instant.ts";
import type { Clock } from "../time/ports.ts";
import { encodePage, toMapped } from "./priority-map.ts";
import { type PriorityRule, resolvePriority } from "./priority-rule.ts";
import { listingBudget, pagesKeptFor, queuesPerPage, RefreshProgress, versionOf } from "./refresh-progress.ts";

type ListQueuesCapabilities = GenesysQueues & Pick<Clock, "now"> & Pick<Telemetry, "warn" | "count">;

/** `progress` is the execution's own input at first (`{}` or `{"force": true}`), then what this step answered. */
export const ListQueuesInput = t.type(
  {
    startedAt: t.string,
    execution: t.string,
    progress: t.union([RefreshProgress, t.partial({ force: t.boolean })]),
  },
  "ListQueuesInput",
);
export type ListQueuesInput = t.TypeOf<typeof ListQueuesInput>;

/** A page for the table as texts, because DynamoDB's numbers are texts in a state; or a wait. */
type ListQueuesOutput = RefreshProgress &
  (
    | { readonly status: "wait"; readonly seconds: number }
    | {
        readonly status: "page";
        readonly queues: string;
        readonly leftOut: string;
        readonly pageText: string;
        readonly expiresAtText: string;
        readonly more: boolean;
      }
  );

export interface RefreshOutOfTime {
  readonly _tag: "RefreshOutOfTime";
  readonly reason: string;
}

type ListQueuesError = GenesysError | RefreshOutOfTime;

const begin = ({ startedAt, execution, progress }: ListQueuesInput): RefreshProgress =>
  RefreshProgress.is(progress)
    ? progress
    : { page: 1, listing: 1, total: 0, force: progress.force === true, version: versionOf(startedAt, execution, 1) };

const toPage = (
  rules: ReadonlyArray<PriorityRule>,
  progress: RefreshProgress,
  listed: QueuePage,
  now: number,
): ListQueuesOutput => ({
  ...progress,
  status: "page",
  page: progress.page + 1,
  total: listed.total,
  ...encodePage({
    queues: listed.entities.map((queue) => toMapped(queue, resolvePriority(rules, queue))),
    leftOut: listed.leftOut,
  }),
  pageText: String(progress.page),
  expiresAtText: String(Math.floor((now + pagesKeptFor) / 1000)),
  more: progress.page < listed.pageCount,
});

const reportLeftOut =
  ({ leftOut }: QueuePage, page: number, { warn, count }: ListQueuesCapabilities): IO<void> =>
  () => {
    if (leftOut.length === 0) return;
    const named = leftOut.map(({ id = "without id", path }) => `${id}: ${path}`);
    warn("queues are not as Genesys documents them and are left out of the map", { page, queues: named })();
    count({ queuesLeftOut: leftOut.length })();
  };

const outOfTime = (reason: string): RefreshOutOfTime => ({ _tag: "RefreshOutOfTime", reason });

/** A wait that Genesys asks for is an answer, as long as the run has the time for it. */
const waitOrFail = (
  error: GenesysError,
  progress: RefreshProgress,
  millisecondsLeft: number,
): E.Either<ListQueuesError, ListQueuesOutput> => {
  if (error._tag !== "GenesysRateLimited") return E.left(error);
  const seconds = error.retryAfterSeconds;
  return seconds * 1000 > millisecondsLeft
    ? E.left(outOfTime(`Genesys asks to wait ${seconds} s`))
    : E.right({ ...progress, status: "wait", seconds });
};

/** Lists one page of queues with the priorities that the rules give them, within the run's budget of time. */
export const listQueues =
  (rules: ReadonlyArray<PriorityRule>) =>
  (input: ListQueuesInput): ReaderTaskEither<ListQueuesCapabilities, ListQueuesError, ListQueuesOutput> =>
  (capabilities) => {
    const { now } = capabilities;
    const progress = begin(input);
    const deadline = (parseInstant(input.startedAt) ?? now()) + listingBudget;
    if (now() > deadline) {
      return TE.left(outOfTime(`page ${progress.page} of listing ${progress.listing} came too late`));
    }
    return pipe(
      capabilities.listQueues(progress.page, queuesPerPage),
      TE.tapIO((listed) => reportLeftOut(listed, progress.page, capabilities)),
      TE.map((listed) => toPage(rules, progress, listed, now())),
      TE.orElse((error) => TE.fromEither(waitOrFail(error, progress, deadline - now()))),
    );
  };
