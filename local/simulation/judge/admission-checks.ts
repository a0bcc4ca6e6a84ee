import { copiesOf, type Line } from "./lines.ts";
import type { Rules, Settled } from "./settled.ts";

/** The window of a queue entry that is subject to the limit. */
const windowOf = ({ queueId, second }: Line): string => `queue ${queueId} in second ${second}`;

const isLimited = ({ isEntry, queueId, second }: Line): boolean =>
  isEntry && queueId !== undefined && second !== undefined;

const distinctKeys = (lines: ReadonlyArray<Line>): number => new Set(lines.map(({ key }) => key)).size;

/**
 * No window above its limit, and no entry set aside by a limit that was not reached. An entry without a time that can be
 * read counts in the second in which it came, which the judge does not know.
 */
export const checkLimits = (
  lines: ReadonlyArray<Line>,
  givenUp: ReadonlyArray<Line>,
  { perQueueAndSecond: limit }: Rules,
): ReadonlyArray<string> => {
  // One of them may have been admitted before Firehose gave it up.
  const open = new Set(givenUp.map(windowOf));
  const timeless = new Set(lines.filter(({ second }) => second === undefined).map(({ queueId }) => queueId));
  return [...Map.groupBy(lines.filter(isLimited), windowOf)].flatMap(([window, entries]) => {
    const admitted = distinctKeys(entries.filter(({ isExcess }) => !isExcess));
    const limited = entries.find(({ reason, queueId }) => reason === "rateLimited" && !timeless.has(queueId));
    return [
      ...(admitted > limit ? [`${window}: ${admitted} entries were admitted, and ${limit} may be`] : []),
      ...(limited !== undefined && admitted === 0 && !open.has(window)
        ? [`copy ${limited.messageId} was set aside by the limit of a second in which nothing was admitted`]
        : []),
    ];
  });
};

/** Low priority is what the organisation's queues say; the default rules give it to those without a scoring method. */
export const checkPriorities = ({ cloud, rules }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const scored = new Set(
    cloud.genesys.organisation.queues.filter((queue) => queue["scoringMethod"] !== undefined).map(({ id }) => id),
  );
  return lines
    .filter(({ reason, queueId }) => reason === "lowPriority" && scored.has(queueId) && !rules.dropsUnknown)
    .map(
      ({ messageId, queueId }) => `copy ${messageId} was set aside for a low priority that queue ${queueId} has not`,
    );
};

/** What the window dropped and what it admitted are one decision for each event. */
export const checkOneOutcome = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  [...Map.groupBy(lines, ({ key }) => key)].flatMap(([key, of]) => {
    const places = new Set(of.map(({ isExcess, reason }) => (isExcess ? reason : "admitted")));
    return places.size > 1 ? [`event ${key} is ${[...places].join(" and ")} at once: ${copiesOf(of)}`] : [];
  });
