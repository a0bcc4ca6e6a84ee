import * as t from "io-ts";
import type { Cloud } from "../../cloud.ts";
import { linesOf, parseJson } from "../../text.ts";

/** A line in S3, admitted or set aside, as far as the judge looks at it. */
export interface Line {
  readonly object: string;
  readonly key: string;
  readonly messageId: string;
  readonly isExcess: boolean;
  readonly reason: string | undefined;
  readonly queueId: string | undefined;
  readonly second: number | undefined;
  readonly isEntry: boolean;
  /** The user and the queue that were looked up for it, and why there is none. */
  readonly user: Named | undefined;
  readonly queue: Named | undefined;
  readonly error: string | undefined;
  /** The id of the user in the event's own text. */
  readonly userId: string | undefined;
  /** How often an id stands in the line: once in the member that was added to it, and the other times in its own text. */
  readonly mentions: (id: string) => number;
}

const Named = t.type({ id: t.string, name: t.string });
type Named = t.TypeOf<typeof Named>;
const Names = t.partial({ user: Named, queue: Named, error: t.type({ reason: t.string }) });

const Member = t.intersection([
  t.type({ key: t.string, messageId: t.string, type: t.string }),
  t.partial({ excess: t.string, enrichment: Names }),
]);
const Delivered = t.type({ floodgate: Member });

const queueIn = /"queueId"\s*:\s*"([^"]+)"/;
const userIn = /"userId"\s*:\s*"([^"]+)"/;
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
    user: floodgate.enrichment?.user,
    queue: floodgate.enrichment?.queue,
    error: floodgate.enrichment?.error?.reason,
    userId: userIn.exec(text)?.[1],
    mentions: (id) => text.split(`"${id}"`).length - 1,
  };
};

const bucketOf = ({ streams }: Cloud): string => [...streams.values()][0]?.bucket ?? "";

/** Every line that lies in the bucket as delivered or set aside. */
export const readLines = (cloud: Cloud): ReadonlyArray<Line> => {
  const bucket = bucketOf(cloud);
  return ["type=", "excess="]
    .flatMap((prefix) => cloud.objects.list(bucket, prefix))
    .flatMap((object) => linesOf(cloud.objects.get(bucket, object)).map((text) => lineOf(object, text)))
    .filter((line) => line !== undefined);
};

const GivenUp = t.type({ rawData: t.string });

/** Every line that Firehose has given up on, as it was when it was handed over. */
export const readGivenUp = (cloud: Cloud): ReadonlyArray<Line> => {
  const bucket = bucketOf(cloud);
  return cloud.objects.list(bucket, "errors/").flatMap((object) =>
    linesOf(cloud.objects.get(bucket, object)).flatMap((text) => {
      const value = parseJson(text);
      return GivenUp.is(value) ? (lineOf(object, Buffer.from(value.rawData, "base64").toString("utf8")) ?? []) : [];
    }),
  );
};

export const copiesOf = (lines: ReadonlyArray<Line>): string =>
  `copies ${[...new Set(lines.map(({ messageId }) => messageId))].join(", ")}`;
