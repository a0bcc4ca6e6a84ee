/** Waits between tries: exponential with full jitter, so that many who failed together do not return together. */
export interface Backoff {
  readonly firstMilliseconds: number;
  readonly longestMilliseconds: number;
  readonly tries: number;
}

/** The wait before the next try, after `tried` tries; the first waits for nothing. `random` lies in [0, 1). */
export const waitBefore = (backoff: Backoff, tried: number, random: number): number =>
  tried === 0
    ? 0
    : Math.floor(random * Math.min(backoff.longestMilliseconds, backoff.firstMilliseconds * 2 ** (tried - 1)));
