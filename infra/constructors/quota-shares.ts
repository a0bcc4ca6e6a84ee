import type { Configuration } from "../configuration/schema.ts";

/**
 * Shares of the delivery stream's quota. Containers of process-batch have equal parts of theirs; whoever brings failed
 * events back, retries and imports, takes turns with the whole of the other (src/retry/delivery-turn.ts). Together they
 * stay below the quota whatever runs at once.
 */
const quotaShares = { processing: 0.75, retries: 0.15 };

/** The part of the quota that is for the normal flow. */
export const streamShare = quotaShares.processing;

const mebibyte = 1024 * 1024;

const bytesPerSecond = ({ delivery }: Pick<Configuration, "delivery">, share: number): number =>
  Math.floor(delivery.quotaMebibytesPerSecond * mebibyte * share);

/** What one container of process-batch may deliver. */
export const containerBytesPerSecond = (configuration: Pick<Configuration, "delivery" | "processing">): number =>
  Math.floor(bytesPerSecond(configuration, quotaShares.processing) / configuration.processing.maximumConcurrency);

/** What all retries and imports may deliver together. */
export const retryBytesPerSecond = (configuration: Pick<Configuration, "delivery">): number =>
  bytesPerSecond(configuration, quotaShares.retries);
