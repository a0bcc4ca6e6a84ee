import { seededRandom } from "../clock.ts";

/** A generator of its own for each thing that a seed decides, so that leaving one out changes nothing of the others. */
export const randomOf = (seed: number, what: string): (() => number) =>
  seededRandom([...what].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed));
