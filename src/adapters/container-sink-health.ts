import type { Instant } from "../domain/instant.ts";
import type { SinkHealth } from "../ports/sink-health.ts";

/** Remembers for as long as the container lives. */
export const containerSinkHealth = (): SinkHealth => {
  let since: Instant | undefined;
  return {
    failingSince: (now) => {
      since ??= now;
      return since;
    },
    recovered: () => {
      since = undefined;
    },
  };
};
