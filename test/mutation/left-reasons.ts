/** A line of which a planted bug is left: its file, a piece of its text, and why. */
export type LeftLine = readonly [file: string, text: string, reason: string];

/** Reasons that many lines have. */
export const compiler = "The compiler asks for it: what it stands for is never absent there.";
export const shortcut = "A shortcut: without it the same answer comes, at a higher cost (floodgate bench).";
export const nameOnly = "A codec's name, which people read in messages alone.";
export const sameAnswer = "Both ways give the same answer.";
