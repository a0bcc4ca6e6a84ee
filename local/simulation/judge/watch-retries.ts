import * as t from "io-ts";
import type { Cloud } from "../../cloud.ts";
import type { Execution } from "../../models/machines.ts";

const machine = "retry-failed-events";
const claiming = "ClaimFailedChunk";
const claimed = "EnrichFailedEvents";

const Claim = t.type({ chunkId: t.string, attempt: t.number });
const Time = t.type({ S: t.string });
const Due = t.type({ Item: t.type({ attempt: t.type({ N: t.string }), dueAt: Time, createdAt: Time }) });

/** Whoever keeps a chunk may start its first attempt at once; what is due then is the end of a lease, five minutes and more. */
const shortestLease = 300_000;

/** So much earlier a chunk may be tried than it is due, because clocks differ. */
const tolerance = 5_000;

/** Sees whether a failed chunk, a canary for one, is tried before its time, or an attempt at it by two executions. */
export const watchRetries = ({ tables }: Cloud) => {
  const due = new Map<string, number>();
  const attempts = new Map<string, string>();
  const seen: string[] = [];
  const noteAttempt = (arn: string, { chunkId, attempt }: t.TypeOf<typeof Claim>): void => {
    const key = `attempt ${attempt} at chunk ${chunkId}`;
    if ((attempts.get(key) ?? arn) !== arn) seen.push(`${key} was made by two executions`);
    attempts.set(key, arn);
  };
  const noteDue = async ({ arn }: Execution, chunkId: string): Promise<void> => {
    const found = await tables.call("GetItem", { TableName: "failed-events", Key: { chunkId: { S: chunkId } } });
    if (!Due.is(found)) return;
    const { attempt, dueAt, createdAt } = found.Item;
    const isLease = attempt.N === "0" && Date.parse(dueAt.S) - Date.parse(createdAt.S) >= shortestLease;
    if (!isLease) due.set(arn, Date.parse(dueAt.S));
  };
  return {
    seen,
    entered: (execution: Execution, state: string, input: unknown): void => {
      if (execution.machine !== machine) return;
      if (state === claiming && Claim.is(input)) void noteDue(execution, input.chunkId);
      if (state !== claimed || !Claim.is(input)) return;
      noteAttempt(execution.arn, input);
      const dueAt = due.get(execution.arn);
      if (dueAt === undefined) return;
      due.delete(execution.arn);
      const early = dueAt - execution.startedAt;
      if (early > tolerance)
        seen.push(`chunk ${input.chunkId} was tried ${Math.round(early / 1_000)} s before it was due`);
    },
  };
};
