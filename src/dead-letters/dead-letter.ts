import type { Message } from "../event/message.ts";

/** A message that its queue could not hand over, or that a service could not deliver to its target. */
export interface DeadLetter extends Message {
  /** The queue it lay in, and what the service that gave up said of it. */
  readonly detail: string;
}

const errorAttributes = ["ERROR_CODE", "ERROR_MESSAGE"];

/** EventBridge gives its reason as attributes of the message; SQS, which only counts receives, none. */
export const deadLetterDetail = (queue: string, attributes: Readonly<Record<string, string>>): string => {
  const said = errorAttributes.flatMap((name) => attributes[name] ?? []);
  return [queue, ...(said.length === 0 ? ["received too often"] : said)].join(": ");
};
