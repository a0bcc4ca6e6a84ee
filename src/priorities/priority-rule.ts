import * as t from "io-ts";
import { type Queue, routingMethodOf } from "../genesys/queue.ts";
import { comparableName } from "./comparable-name.ts";

/** Windows that align with the minute, so that an entry of the log never spans two. */
export const windowSeconds = [1, 2, 5, 10, 15, 20, 30, 60] as const;

/**
 * A rule of the priority policy: which queues it is for (all conditions that it names have to hold; a rule without
 * any is for all), and what it gives them.
 */
export const PriorityRule = t.exact(
  t.intersection([
    t.type({ priority: t.number }),
    t.partial({
      queueId: t.string,
      name: t.string,
      division: t.string,
      scoringMethod: t.string,
      routingMethod: t.string,
      routingStrategy: t.string,
      mediaServiceLevel: t.partial({ media: t.string, minPercentage: t.number, maxDurationMs: t.number }),
      ignoreCase: t.boolean,
      maxEventsPerQueuePerSecond: t.number,
      perSeconds: t.number,
    }),
  ]),
  "PriorityRule",
);
export type PriorityRule = t.TypeOf<typeof PriorityRule>;

export const PriorityRules = t.array(PriorityRule, "PriorityRules");

/** What holds where a stack's configuration names no rules. */
export const defaultRules: ReadonlyArray<PriorityRule> = [
  { routingStrategy: "*priority*", priority: 5 },
  { routingStrategy: "*longestIdle*", priority: 3 },
  { scoringMethod: "PriorityOnly", priority: 5 },
  { scoringMethod: "TimestampAndPriority", priority: 3 },
];

/** The priority of a queue that no rule is for. */
const otherwise = 1;

/**
 * `*` stands for any text; both are compared as `comparableName` says, without regard to case unless the rule wants it:
 * people write names from memory, and a rule that misses its queue for a capital drops that queue's events. Each piece between two stars is looked for once, behind the one before it,
 * so that no name takes longer than its length.
 */
export const matchesGlob = (pattern: string, text: string, ignoreCase = true): boolean => {
  const [first = "", ...pieces] = comparableName(pattern, ignoreCase).split("*");
  const name = comparableName(text, ignoreCase);
  const last = pieces.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
};

type Condition = (rule: PriorityRule, queue: Queue) => boolean;

const glob =
  (
    wanted: (rule: PriorityRule) => string | undefined,
    found: (queue: Queue) => ReadonlyArray<string | undefined>,
  ): Condition =>
  (rule, queue) => {
    const pattern = wanted(rule);
    if (pattern === undefined) return true;
    return found(queue).some((text) => text !== undefined && matchesGlob(pattern, text, rule.ignoreCase));
  };

const meetsServiceLevel: Condition = ({ mediaServiceLevel: wanted }, { mediaSettings }) => {
  if (wanted === undefined) return true;
  return Object.entries(mediaSettings ?? {}).some(([media, { serviceLevel }]) => {
    const { percentage, durationMs } = serviceLevel ?? {};
    return (
      (wanted.media === undefined || wanted.media === media) &&
      (wanted.minPercentage === undefined || (percentage !== undefined && percentage >= wanted.minPercentage)) &&
      (wanted.maxDurationMs === undefined || (durationMs !== undefined && durationMs <= wanted.maxDurationMs))
    );
  });
};

const conditions: ReadonlyArray<Condition> = [
  (rule, queue) => rule.queueId === undefined || rule.queueId === queue.id,
  glob(
    (rule) => rule.name,
    (queue) => [queue.name],
  ),
  glob(
    (rule) => rule.division,
    (queue) => [queue.division?.id, queue.division?.name],
  ),
  glob(
    (rule) => rule.scoringMethod,
    (queue) => [queue.scoringMethod],
  ),
  glob(
    (rule) => rule.routingMethod,
    (queue) => [routingMethodOf(queue)],
  ),
  glob(
    (rule) => rule.routingStrategy,
    (queue) => [queue.routingStrategy?.name],
  ),
  meetsServiceLevel,
];

/** What the policy gives a queue, and the number of the rule that did (counted from 1; 0: none matched). */
export interface Resolved {
  readonly priority: number;
  readonly rule: number;
  readonly maxEvents: number | undefined;
  readonly perSeconds: number | undefined;
}

/** The first rule that is for a queue decides. */
export const resolvePriority = (rules: ReadonlyArray<PriorityRule>, queue: Queue): Resolved => {
  const index = rules.findIndex((each) => conditions.every((holds) => holds(each, queue)));
  const rule = rules[index];
  return {
    priority: rule?.priority ?? otherwise,
    rule: index + 1,
    maxEvents: rule?.maxEventsPerQueuePerSecond,
    perSeconds: rule?.perSeconds,
  };
};
