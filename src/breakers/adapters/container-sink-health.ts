import type { Instant } from "../../time/instant.ts";
import type { SinkHealth } from "../ports.ts";

/** Longer than the visibility timeout of a failed message, and than a breaker without a canary waits for its trial. */
const forgottenAfter = 40 * 60_000;

/** Remembers for as long as the container lives. */
export const containerSinkHealth = (): SinkHealth => {
  let since: Instant | undefined;
  let last: Instant = 0;
  return {
    failingSince: (now) => {
      // Two failures long apart say nothing of the time in between.
      if (now - last > forgottenAfter) since = undefined;
      last = now;
      since ??= now;
      return since;
    },
    recovered: () => {
      since = undefined;
    },
  };
};
