import { escapeText } from "./words.ts";

/** How each group of outcomes is marked, by form and by color. */
const marks = {
  delivered: ["✓", "--delivered"],
  "set aside": ["▽", "--aside"],
  duplicate: ["=", "--soft"],
  parked: ["■", "--parked"],
  "in flight": ["…", "--flight"],
} as const;

export type Group = keyof typeof marks;

const isGroup = (name: string): name is Group => Object.hasOwn(marks, name);

/** What stands before the colon tells the group; whatever has not ended is in flight. */
export const groupOf = (outcome: string): Group => {
  const [name = ""] = outcome.split(":");
  return isGroup(name) ? name : "in flight";
};

export const outcomeMarkup = (outcome: string): string => {
  const [mark, color] = marks[groupOf(outcome)];
  return `<span class="mark" aria-hidden="true" style="color:var(${color})">${mark}</span>${escapeText(outcome)}`;
};
