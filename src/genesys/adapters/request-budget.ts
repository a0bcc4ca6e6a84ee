import type { Instant } from "../../time/instant.ts";

/** Keeps a container's requests within its share, and away from Genesys while Genesys wants to be left alone. */
export interface RequestBudget {
  /** Seconds to wait before the next request; 0: go ahead, the request is counted. */
  readonly take: (now: Instant) => number;
  /** Learns from an answer: an explicit wait, or how little of the window is left. */
  readonly learn: (headers: Headers, now: Instant) => void;
  readonly holdFor: (seconds: number, now: Instant) => void;
}

const minute = 60_000;

const header = (headers: Headers, name: string): number => Number(headers.get(`inin-ratelimit-${name}`) ?? Number.NaN);

/** A sliding minute of requests, and a time before which none may be made. */
export const requestBudget = (perMinute: number): RequestBudget => {
  let made: Instant[] = [];
  let notBefore: Instant = 0;
  const holdFor = (seconds: number, now: Instant): void => {
    notBefore = Math.max(notBefore, now + seconds * 1000);
  };
  return {
    take: (now) => {
      if (now < notBefore) return Math.ceil((notBefore - now) / 1000);
      made = made.filter((instant) => now - instant < minute);
      const [oldest] = made;
      if (oldest !== undefined && made.length >= perMinute) return Math.ceil((oldest + minute - now) / 1000);
      made.push(now);
      return 0;
    },
    learn: (headers, now) => {
      // The window is shared with whoever else uses the token: stop at its last request instead of at the first 429.
      const left = header(headers, "allowed") - header(headers, "count");
      const reset = header(headers, "reset");
      if (left <= 0 && reset > 0) holdFor(reset, now);
    },
    holdFor,
  };
};
