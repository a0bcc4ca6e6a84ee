import * as t from "io-ts";
import { parseJson } from "../../text.ts";
import type { Settled } from "./settled.ts";

const Pointer = t.type({
  pointsTo: t.type({ S: t.string }),
  checkedAt: t.type({ S: t.string }),
  pages: t.type({ N: t.string }),
  queueCount: t.type({ N: t.string }),
});
const Page = t.type({ version: t.type({ S: t.string }), queues: t.type({ S: t.string }) });
const Queues = t.array(t.type({ id: t.string }));

/** The published map is a whole listing: its pages hold what its pointer says, queues from the first without a gap. */
export const checkMap = async ({ cloud }: Settled): Promise<ReadonlyArray<string>> => {
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

/** A map is published, and was looked at again when nothing went wrong any more. */
export const checkMapIsFresh = async ({ cloud, mapSince }: Settled): Promise<ReadonlyArray<string>> => {
  if (mapSince === undefined) return [];
  const [pointer] = (await cloud.tables.scan("queue-priorities")).filter(Pointer.is);
  if (pointer === undefined) return ["no priority map was published, although nothing went wrong any more"];
  return Date.parse(pointer.checkedAt.S) < mapSince
    ? [`the priority map was looked at last at ${pointer.checkedAt.S}, before all was well again`]
    : [];
};
