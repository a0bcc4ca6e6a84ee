/* Numbers, times and lengths as the page words them. */

export const number = (value: number): string => Math.round(value).toLocaleString("en-US");

export const plural = (count: number, one: string): string =>
  `${number(count)} ${one}${Math.round(count) === 1 ? "" : "s"}`;

/** Time of day, UTC. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

export const rate = (value: number): string => `${value > 0 && value < 9.95 ? value.toFixed(1) : number(value)}/s`;

export const lasts = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};

export const sum = (record: Readonly<Record<string, number>>): number =>
  Object.values(record).reduce((all, value) => all + value, 0);

/** Text of others inside markup: names and reasons are hostile. */
export const escapeText = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
