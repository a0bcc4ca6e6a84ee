import type { Cloud } from "../cloud.ts";
import type { History } from "./history.ts";

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1).padStart(9);

const conversationOf = (body: string): string | undefined => /"conversationId":"([^"]+)"/.exec(body)?.[1];

/** The copy that a difference names, by its message id or by the key of its event. */
const namedCopy = (cloud: Cloud, differences: ReadonlyArray<string>): readonly [string, string] | undefined => {
  const accepted = [...cloud.mapping.buffer.accepted];
  return accepted.find(([messageId, body]) => {
    const conversation = conversationOf(body);
    return differences.some(
      (line) => line.includes(messageId) || (conversation !== undefined && line.includes(conversation)),
    );
  });
};

/** What happened, in the order of its time and across all stages, to the first copy that a difference names. */
export const storyOf = (history: History, cloud: Cloud, differences: ReadonlyArray<string>): ReadonlyArray<string> => {
  const copy = namedCopy(cloud, differences);
  if (copy === undefined) return [];
  const [messageId, body] = copy;
  const conversation = conversationOf(body);
  const words = [messageId, ...(conversation === undefined ? [] : [conversation])];
  return history.of(words).map(({ at, what }) => `${seconds(at)} s  ${what}`);
};
