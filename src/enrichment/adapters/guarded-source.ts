import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Breaker, probeEvery } from "../../breakers/breaker.ts";
import type { Breakers } from "../../breakers/ports.ts";
import { type GenesysError, genesysFailureOf, isAboutRequest } from "../../genesys/genesys-error.ts";
import type { GetByIds } from "../../genesys/ports.ts";
import { type Instant, secondsToMilliseconds } from "../../time/instant.ts";
import type { Clock } from "../../time/ports.ts";
import type { EntitySource, Unanswered } from "../ports.ts";

type GuardCapabilities = Breakers & Pick<Clock, "now">;

/** How long a container believes what it has read of the breaker. */
const believedFor = { closed: secondsToMilliseconds(30), open: secondsToMilliseconds(5) };

const heldBack: GenesysError = { _tag: "GenesysUnavailable", reason: "its breaker is open" };

/** What a container has read of the breaker of Genesys; forgotten when it may have changed. */
interface Belief {
  breaker: Breaker | undefined;
  until: Instant;
}

const current = async (belief: Belief, { readBreaker, now }: GuardCapabilities): Promise<Breaker | undefined> => {
  if (now() < belief.until) return belief.breaker;
  const read = await readBreaker("genesys")();
  // A table that cannot be read must not stop enrichment: Genesys' own limits still hold.
  belief.breaker = E.isRight(read) ? read.right : undefined;
  belief.until = now() + believedFor[belief.breaker === undefined ? "closed" : "open"];
  return belief.breaker;
};

const mayAsk = async (
  breaker: Breaker | undefined,
  belief: Belief,
  { takeProbe, now }: GuardCapabilities,
): Promise<boolean> => {
  if (breaker === undefined) return true;
  if (now() < (breaker.probeAt ?? 0)) return false;
  const taken = await takeProbe(breaker, now(), now() + probeEvery)();
  belief.until = 0;
  return E.isRight(taken) && taken.right;
};

const learn = async (
  breaker: Breaker | undefined,
  answer: E.Either<GenesysError, unknown>,
  belief: Belief,
  { openBreaker, closeBreaker, now }: GuardCapabilities,
): Promise<void> => {
  // A container's own budget says so too, without having asked: that is no answer.
  if (E.isLeft(answer) && answer.left._tag === "GenesysRateLimited") return;
  const isDown = E.isLeft(answer) && answer.left._tag === "GenesysUnavailable";
  if (isDown === (breaker !== undefined)) return;
  belief.until = 0;
  if (breaker !== undefined) await closeBreaker(breaker)();
  else if (isDown) {
    const at = now();
    const reason = answer.left.reason;
    await openBreaker({ name: "genesys", openedAt: at, reason, by: "floodgate", probeAt: at + probeEvery })();
  }
};

const unanswered = (error: GenesysError): Unanswered => ({
  failure: genesysFailureOf(error),
  isAboutRequest: isAboutRequest(error),
});

/**
 * Keeps all containers away from a Genesys that does not answer: the first that notices opens the shared breaker, and
 * while it is open only the one that wins the probe asks. Any answer of Genesys, also a refusal, closes it; a 429 says nothing.
 */
export const guardedSource = <A>(getByIds: GetByIds<A>, capabilities: GuardCapabilities): EntitySource<A> => {
  const belief: Belief = { breaker: undefined, until: 0 };
  return {
    isAtHand: false,
    getByIds: (ids) =>
      pipe(async () => {
        const breaker = await current(belief, capabilities);
        if (!(await mayAsk(breaker, belief, capabilities))) return E.left(heldBack);
        const answer = await getByIds(ids)();
        await learn(breaker, answer, belief, capabilities);
        return answer;
      }, TE.mapLeft(unanswered)),
  };
};
