import type { Configuration } from "../configuration/schema.ts";

/** After how many minutes without an event somebody is told; 0: never, as on a custom bus that nobody feeds. */
export const silenceMinutes = ({ alarms, source }: Pick<Configuration, "alarms" | "source">): number => {
  const { minutes } = alarms.silence;
  if (minutes !== "auto") return minutes;
  return source.type === "partner" ? 60 : 0;
};

/** `08:30` as minutes since midnight. */
export const minutesOfDay = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
