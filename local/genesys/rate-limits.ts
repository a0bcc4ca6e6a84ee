import type { Clock } from "../clock.ts";

interface Use {
  /** Requests within this minute's window, this one included. */
  readonly ofToken: number;
  readonly ofApplication: number;
  /** Seconds until the window ends, when this request is over a limit; else 0. */
  readonly waitSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Limits {
  readonly take: (token: string) => Use;
}

const perToken = 300;
const perApplication = 3_000;
const minute = 60_000;

/** A window of a minute for each token and one for the application, each from its first request on. */
export const rateLimits = (clock: Clock): Limits => {
  const windows = new Map<string, { start: number; count: number }>();
  const count = (name: string): { readonly count: number; readonly reset: number } => {
    const now = clock.now();
    const known = windows.get(name);
    const window = known !== undefined && now < known.start + minute ? known : { start: now, count: 0 };
    window.count += 1;
    windows.set(name, window);
    return { count: window.count, reset: Math.ceil((window.start + minute - now) / 1000) };
  };
  return {
    take: (token) => {
      const own = count(`token ${token}`);
      const all = count("application");
      const over = own.count > perToken ? own.reset : all.count > perApplication ? all.reset : 0;
      return {
        ofToken: own.count,
        ofApplication: all.count,
        waitSeconds: over,
        headers: {
          "inin-ratelimit-count": String(own.count),
          "inin-ratelimit-allowed": String(perToken),
          "inin-ratelimit-reset": String(own.reset),
        },
      };
    },
  };
};
