import type { Cloud } from "../../local/cloud.ts";

/** Lays messages into the buffer's dead letters that have been received so often already. */
export const putDeadLetters = ({ buffers, mappings }: Cloud, texts: ReadonlyArray<string>, receives: number): void => {
  const letters = buffers.get("buffer-dead-letters");
  const mapping = mappings.find(({ buffer }) => buffer === letters);
  // Off meanwhile, because it takes a message at once, and its receipt says how often it was received.
  mapping?.setEnabled(false);
  for (const text of texts) letters?.send(text);
  for (const letter of letters?.held() ?? []) letter.receives = receives;
  mapping?.setEnabled(true);
};
