import { checkLimits, checkOneOutcome, checkPriorities } from "./admission-checks.ts";
import { copiesOf, type Line, readGivenUp, readLines } from "./lines.ts";
import { checkMap, checkMapIsFresh } from "./map-checks.ts";
import { checkNames } from "./name-checks.ts";
import type { Settled } from "./settled.ts";

/*
 * What has to be true of a run when all has settled, beyond the ledger of the audit: the judge knows what went in, what
 * came out and the configuration, and imports nothing of the pipeline's own code.
 */

const checkRepeats = ({ mayRepeat, flights }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  return [...Map.groupBy(lines, ({ key }) => key)].flatMap(([key, of]) => {
    const messageIds = [...new Set(of.map(({ messageId }) => messageId))];
    return mayRepeat(key) || (of.length === messageIds.length && flights.wereTogether(messageIds))
      ? []
      : [`event ${key} was written ${of.length} times, although nothing went wrong that explains it: ${copiesOf(of)}`];
  });
};

const requestsAMinute = 300;

const checkGenesys = ({ cloud, losesGenesys }: Settled): ReadonlyArray<string> => {
  const { tooEarly, busiestTokenMinute } = cloud.genesys.counts;
  return [
    ...(tooEarly > 0 && !losesGenesys
      ? [`${tooEarly} requests to Genesys came before the time that it had asked to wait`]
      : []),
    ...(busiestTokenMinute > requestsAMinute
      ? [`${busiestTokenMinute} requests to Genesys in a minute of one token`]
      : []),
  ];
};

/** The flow runs, and takes what comes when nothing goes wrong any more. */
const checkLiveness = ({ cloud, fresh }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const bodies = new Map([...cloud.mapping.buffer.accepted].map(([messageId, body]) => [messageId, body]));
  const written = new Set(lines.map(({ messageId }) => messageId));
  const stuck = fresh.filter(
    (conversation) => ![...bodies].some(([messageId, body]) => written.has(messageId) && body.includes(conversation)),
  );
  return [
    ...(cloud.mapping.enabled ? [] : ["the flow is still paused"]),
    ...stuck.map((conversation) => `conversation ${conversation}, sent when all was well again, was not written`),
  ];
};

/** Every text that a door took is an obligation: a buffer has received it, or the bus has no rule for it or no room. */
const checkReceived = ({ cloud, sent }: Settled): ReadonlyArray<string> => {
  const received = new Set([...cloud.buffers.values()].flatMap(({ accepted }) => [...accepted.values()]));
  const missing = sent.filter((text) => !received.has(text)).length;
  const known = cloud.bus.unmatched + cloud.bus.refused;
  return missing > known ? [`${missing} events were received by nobody, and ${known} are known to be refused`] : [];
};

/** Everything that is wrong, one line each; none for a run in which nothing was lost and nothing invented. */
export const judge = async (settled: Settled): Promise<ReadonlyArray<string>> => {
  const lines = readLines(settled.cloud);
  return [
    ...checkReceived(settled),
    ...checkLimits(lines, readGivenUp(settled.cloud), settled.rules),
    ...checkPriorities(settled, lines),
    ...checkOneOutcome(lines),
    ...checkRepeats(settled, lines),
    ...checkNames(settled, lines),
    ...(await checkMap(settled)),
    ...(await checkMapIsFresh(settled)),
    ...settled.seen,
    ...checkGenesys(settled),
    ...checkLiveness(settled, lines),
  ];
};
