import type { StartSyncExecutionCommandOutput } from "@aws-sdk/client-sfn";
import * as t from "io-ts";
import { parseJson } from "../../src/text/parse-json.ts";

/** A failed refresh: the state of refresh-queue-priorities that ended it, its error and cause, and what to do. */
interface RefreshFailure {
  readonly state: string;
  readonly error: string;
  readonly cause: string;
  readonly advice: string;
}

interface Known {
  readonly state: string;
  readonly advice: string;
}

const doctor = "`npx floodgate doctor` checks all of it.";

/** The Fail states of statemachines/refresh-queue-priorities.asl.json, by their error. */
const knownFailures: Readonly<Record<string, Known>> = {
  GenesysRefused: {
    state: "RefusedByGenesys",
    advice:
      "Check floodgate:genesys (region, client id, secret) and that the OAuth client has a role with routing:queue:view in " +
      `every division whose queues matter; docs/connect-genesys.md, step 2. ${doctor}`,
  },
  GenesysUnreadable: {
    state: "UnreadableAnswer",
    advice:
      "A queue is not as Genesys documents it. The field is named above; please report it with the organisation's region.",
  },
  GenesysTooSlow: {
    state: "GenesysTooSlow",
    advice: `Genesys is not available, or wants us to wait longer than a run may take. The schedule tries again; see https://status.mypurecloud.com. ${doctor}`,
  },
  RefreshRefused: {
    state: "RefusedToPublish",
    advice:
      "Has the OAuth client lost a division, or are the queues really gone? If they are, publish with `npx floodgate map refresh --force`.",
  },
  RefreshFailed: {
    state: "RefreshFailed",
    advice: `This is not caused by Genesys: look at the logs of list-queues, review-queue-priorities and refresh-queue-priorities. ${doctor}`,
  },
};

const other: Known = { state: "refresh-queue-priorities", advice: `Look at the machine's log. ${doctor}` };

const LambdaCause = t.type({ errorMessage: t.string });
const Failure = t.partial({
  reason: t.string,
  status: t.number,
  code: t.string,
  message: t.string,
  contextId: t.string,
});

/** What the step itself said, out of the wrappings of Lambda and Step Functions. */
const readableCause = (cause: string): string => {
  const outer = parseJson(cause);
  const inner = LambdaCause.is(outer) ? parseJson(outer.errorMessage) : undefined;
  if (!Failure.is(inner)) return LambdaCause.is(outer) ? outer.errorMessage : cause;
  const { status, code, message, contextId, reason } = inner;
  if (status === undefined) return reason ?? cause;
  const correlation = contextId === undefined ? "" : ` (correlation id ${contextId})`;
  return `Genesys answered ${status} ${code ?? ""}: ${message ?? ""}${correlation}`;
};

export const explainRefreshFailure = ({
  error,
  cause,
  status,
}: Pick<StartSyncExecutionCommandOutput, "error" | "cause" | "status">): RefreshFailure => {
  const name = error ?? status ?? "unknown";
  const known = knownFailures[name] ?? other;
  return { state: known.state, error: name, cause: readableCause(cause ?? ""), advice: known.advice };
};
