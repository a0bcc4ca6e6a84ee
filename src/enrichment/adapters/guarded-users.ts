import * as E from "fp-ts/lib/Either.js";
import { type Breaker, probeEvery } from "../../breakers/breaker.ts";
import type { Breakers } from "../../breakers/ports.ts";
import type { GenesysError } from "../../genesys/genesys-error.ts";
import type { GenesysUsers, ListedUsers } from "../../genesys/ports.ts";
import { type Instant, secondsToMilliseconds } from "../../time/instant.ts";
import type { Clock } from "../../time/ports.ts";

/** How long a container believes what it has read of the breaker. */
const believedFor = { closed: secondsToMilliseconds(30), open: secondsToMilliseconds(5) };

const heldBack: GenesysError = { _tag: "GenesysUnavailable", reason: "its breaker is open" };

interface Known {
  readonly breaker: Breaker | undefined;
  readonly at: Instant;
}

/**
 * Keeps all containers away from a Genesys that does not answer: the first that notices opens the shared breaker, and
 * while it is open only the one that wins the probe asks. Any answer, also a refusal, closes it.
 */
export const guardedUsers = (
  { getUsers }: GenesysUsers,
  { readBreaker, openBreaker, closeBreaker, takeProbe }: Breakers,
  { now }: Pick<Clock, "now">,
): GenesysUsers => {
  let known: Known | undefined;

  const current = async (): Promise<Breaker | undefined> => {
    const age = known === undefined ? Number.POSITIVE_INFINITY : now() - known.at;
    if (known !== undefined && age < believedFor[known.breaker === undefined ? "closed" : "open"]) return known.breaker;
    const read = await readBreaker("genesys")();
    // A table that cannot be read must not stop enrichment: Genesys' own limits still hold.
    known = { breaker: E.isRight(read) ? read.right : undefined, at: now() };
    return known.breaker;
  };

  const mayAsk = async (breaker: Breaker | undefined): Promise<boolean> => {
    if (breaker === undefined) return true;
    if (now() < (breaker.probeAt ?? 0)) return false;
    const taken = await takeProbe(breaker, now(), now() + probeEvery)();
    known = undefined;
    return E.isRight(taken) && taken.right;
  };

  const learn = async (breaker: Breaker | undefined, answer: E.Either<GenesysError, unknown>): Promise<void> => {
    // A container's own budget says so too, without having asked: that is no answer.
    if (E.isLeft(answer) && answer.left._tag === "GenesysRateLimited") return;
    const isDown = E.isLeft(answer) && answer.left._tag === "GenesysUnavailable";
    if (isDown === (breaker !== undefined)) return;
    known = undefined;
    if (breaker !== undefined) await closeBreaker(breaker)();
    else if (isDown) {
      const at = now();
      const reason = answer.left.reason;
      await openBreaker({ name: "genesys", openedAt: at, reason, by: "floodgate", probeAt: at + probeEvery })();
    }
  };

  return {
    getUsers: (ids) => async (): Promise<E.Either<GenesysError, ListedUsers>> => {
      const breaker = await current();
      if (!(await mayAsk(breaker))) return E.left(heldBack);
      const answer = await getUsers(ids)();
      await learn(breaker, answer);
      return answer;
    },
  };
};
