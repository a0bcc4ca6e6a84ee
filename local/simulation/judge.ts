import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { linesOf, parseJson } from "../text.ts";
import type { Flights } from "./flights.ts";

/*
 * What has to be true of a run when all has settled, beyond the ledger of the audit: the judge knows what went in, what
 * came out and the configuration, and imports nothing of the pipeline's own code.
 */

/** What the judge knows of the stack's configuration; of several deployments the widest that was in force. */
export interface Rules {
  /** Distinct entries of a queue in a second of event time, at most. */
  readonly perQueueAndSecond: number;
  /** Entries of queues that the map does not know are set aside as well. */
  readonly dropsUnknown: boolean;
  /** What admission sets aside is stored apart, and not dropped. */
  readonly storesExcess: boolean;
  /** Values of some members may be written as digests. */
  readonly redacts: boolean;
}

/** What is known of a run when it has settled. */
export interface Settled {
  readonly cloud: Cloud;
  readonly rules: Rules;
  /** Texts that were put before a door, with the door. */
  readonly sent: ReadonlyArray<string>;
  /** Whether anything happened by which a line may be written twice. */
  readonly mayRepeat: boolean;
  /** Which copies were under way together: both may be delivered (design, "nothing lost"). */
  readonly flights: Flights;
  /** Conversations that were sent when nothing went wrong any more. */
  readonly fresh: ReadonlyArray<string>;
}

interface Line {
  readonly object: string;
  readonly key: string;
  readonly messageId: string;
  readonly isExcess: boolean;
  readonly reason: string | undefined;
  readonly queueId: string | undefined;
  readonly second: number | undefined;
  readonly isEntry: boolean;
}

const Member = t.intersection([
  t.type({ key: t.string, messageId: t.string, type: t.string }),
  t.partial({ excess: t.string }),
]);
const Delivered = t.type({ floodgate: Member });

const queueIn = /"queueId"\s*:\s*"([^"]+)"/;
const timeIn = /"eventTime"\s*:\s*"?([^",}]+)/;

/** Events come in many shapes, so queue and time are looked for anywhere in the text; seconds since 1970. */
const secondIn = (text: string): number | undefined => {
  const [, time] = timeIn.exec(text) ?? [];
  if (time === undefined) return undefined;
  const milliseconds = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1_000);
};

const lineOf = (object: string, text: string): Line | undefined => {
  const value = parseJson(text);
  if (!Delivered.is(value)) return undefined;
  const { floodgate } = value;
  return {
    object,
    key: floodgate.key,
    messageId: floodgate.messageId,
    isExcess: object.startsWith("excess="),
    reason: floodgate.excess,
    queueId: queueIn.exec(text)?.[1],
    second: secondIn(text),
    isEntry: floodgate.type.startsWith("acd.start"),
  };
};

const bucketOf = ({ streams }: Cloud): string => [...streams.values()][0]?.bucket ?? "";

const readLines = (cloud: Cloud): ReadonlyArray<Line> => {
  const bucket = bucketOf(cloud);
  return ["type=", "excess="]
    .flatMap((prefix) => cloud.objects.list(bucket, prefix))
    .flatMap((object) => linesOf(cloud.objects.get(bucket, object)).map((text) => lineOf(object, text)))
    .filter((line) => line !== undefined);
};

/** The window of a queue entry that is subject to the limit. */
const windowOf = ({ queueId, second }: Line): string => `queue ${queueId} in second ${second}`;

const isLimited = ({ isEntry, queueId, second }: Line): boolean =>
  isEntry && queueId !== undefined && second !== undefined;

const distinctKeys = (lines: ReadonlyArray<Line>): number => new Set(lines.map(({ key }) => key)).size;

/**
 * No window above its limit, and no entry set aside by a limit that was not reached. An entry without a time that can be
 * read counts in the second in which it came, which the judge does not know.
 */
const checkLimits = (lines: ReadonlyArray<Line>, { perQueueAndSecond: limit }: Rules): ReadonlyArray<string> => {
  const timeless = new Set(lines.filter(({ second }) => second === undefined).map(({ queueId }) => queueId));
  return [...Map.groupBy(lines.filter(isLimited), windowOf)].flatMap(([window, entries]) => {
    const admitted = distinctKeys(entries.filter(({ isExcess }) => !isExcess));
    const limited = entries.find(({ reason, queueId }) => reason === "rateLimited" && !timeless.has(queueId));
    return [
      ...(admitted > limit ? [`${window}: ${admitted} entries were admitted, and ${limit} may be`] : []),
      ...(limited !== undefined && admitted === 0
        ? [`copy ${limited.messageId} was set aside by the limit of a second in which nothing was admitted`]
        : []),
    ];
  });
};

/** Low priority is what the organisation's queues say; the default rules give it to those without a scoring method. */
const checkPriorities = ({ cloud, rules }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const scored = new Set(
    cloud.genesys.organisation.queues.filter((queue) => queue["scoringMethod"] !== undefined).map(({ id }) => id),
  );
  return lines
    .filter(({ reason, queueId }) => reason === "lowPriority" && scored.has(queueId) && !rules.dropsUnknown)
    .map(
      ({ messageId, queueId }) => `copy ${messageId} was set aside for a low priority that queue ${queueId} has not`,
    );
};

const copiesOf = (lines: ReadonlyArray<Line>): string =>
  `copies ${[...new Set(lines.map(({ messageId }) => messageId))].join(", ")}`;

/** What the window dropped and what it admitted are one decision for each event. */
const checkOneOutcome = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  [...Map.groupBy(lines, ({ key }) => key)].flatMap(([key, of]) => {
    const places = new Set(of.map(({ isExcess, reason }) => (isExcess ? reason : "admitted")));
    return places.size > 1 ? [`event ${key} is ${[...places].join(" and ")} at once: ${copiesOf(of)}`] : [];
  });

const checkRepeats = ({ mayRepeat, flights }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  if (mayRepeat) return [];
  return [...Map.groupBy(lines, ({ key }) => key)].flatMap(([key, of]) => {
    const messageIds = [...new Set(of.map(({ messageId }) => messageId))];
    return of.length > messageIds.length || !flights.wereTogether(messageIds)
      ? [`event ${key} was written ${of.length} times, although nothing went wrong that explains it: ${copiesOf(of)}`]
      : [];
  });
};

const Pointer = t.type({
  pointsTo: t.type({ S: t.string }),
  pages: t.type({ N: t.string }),
  queueCount: t.type({ N: t.string }),
});
const Page = t.type({ version: t.type({ S: t.string }), queues: t.type({ S: t.string }) });
const Queues = t.array(t.type({ id: t.string }));

/** The published map is a whole listing: its pages hold what its pointer says, queues from the first without a gap. */
const checkMap = async ({ cloud }: Settled): Promise<ReadonlyArray<string>> => {
  const items = await cloud.tables.scan("queue-priorities");
  return items.filter(Pointer.is).flatMap(({ pointsTo, pages, queueCount }) => {
    const own = items.filter(Page.is).filter(({ version }) => version.S === pointsTo.S);
    const queues = own.map(({ queues: { S } }) => parseJson(S)).flatMap((page) => (Queues.is(page) ? page : []));
    const known = new Set(queues.map(({ id }) => id));
    const gaps = cloud.genesys.organisation.queues.slice(0, known.size).filter(({ id }) => !known.has(String(id)));
    const isWhole = own.length >= Number(pages.N) && known.size === Number(queueCount.N) && gaps.length === 0;
    return isWhole
      ? []
      : [
          `map ${pointsTo.S} is not whole: ${own.length} of ${pages.N} pages, ${known.size} of ${queueCount.N} queues, ${gaps.length} gaps`,
        ];
  });
};

const requestsAMinute = 300;

const checkGenesys = ({ cloud }: Settled): ReadonlyArray<string> => {
  const { tooEarly, busiestTokenMinute } = cloud.genesys.counts;
  return [
    ...(tooEarly > 0 ? [`${tooEarly} requests to Genesys came before the time that it had asked to wait`] : []),
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

/** Every text that a door took is an obligation: some copy of it has to have been received. */
const checkReceived = ({ cloud, sent }: Settled): ReadonlyArray<string> => {
  const received = cloud.mapping.buffer.accepted.size + cloud.bus.unmatched + cloud.bus.refused;
  return received < sent.length ? [`${sent.length} events were sent, and ${received} received`] : [];
};

/** Everything that is wrong, one line each; none for a run in which nothing was lost and nothing invented. */
export const judge = async (settled: Settled): Promise<ReadonlyArray<string>> => {
  const lines = readLines(settled.cloud);
  return [
    ...checkReceived(settled),
    ...checkLimits(lines, settled.rules),
    ...checkPriorities(settled, lines),
    ...checkOneOutcome(lines),
    ...checkRepeats(settled, lines),
    ...(await checkMap(settled)),
    ...checkGenesys(settled),
    ...checkLiveness(settled, lines),
  ];
};
