import type { Evidence } from "./judge.ts";
import type { TestEvent } from "./test-events.ts";

/** Puts the second copy of an event once its first is known to be delivered: two in flight may rightly both get through. */
export const copySender = (
  events: ReadonlyArray<TestEvent>,
  send: (due: ReadonlyArray<TestEvent>) => Promise<void>,
): ((evidence: Pick<Evidence, "found">) => Promise<void>) => {
  const waiting = new Set(events.filter(({ hasCopy }) => hasCopy));
  return async ({ found }) => {
    const due = [...waiting].filter(({ key }) => found.some((each) => each.key === key && each.deliveredAt !== null));
    for (const event of due) waiting.delete(event);
    if (due.length > 0) await send(due);
  };
};
