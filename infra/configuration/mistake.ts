import type { Configuration } from "./schema.ts";

/** One mistake in a stack's configuration, complete enough to mend it. */
export interface Mistake {
  /** `floodgate:admission.minPriority` */
  readonly key: string;
  /** The value as it was found; never that of a secret. */
  readonly value: string;
  readonly rule: string;
  readonly fix: string;
}

/** A rule across keys; some depend on the region. */
export type Check = (configuration: Configuration, region: string) => ReadonlyArray<Mistake>;

/** What is wrong, without what mends it. */
export const nameMistake = ({ key, value, rule }: Mistake): string => `${key} is ${value}: it ${rule}`;

export const describeMistake = (mistake: Mistake): string => `${nameMistake(mistake)}. ${mistake.fix}`;

export const describeMistakes = (mistakes: ReadonlyArray<Mistake>): string =>
  [
    `The configuration has ${mistakes.length} mistake${mistakes.length === 1 ? "" : "s"}; nothing was declared.`,
    ...mistakes.map((mistake) => `  - ${describeMistake(mistake)}`),
  ].join("\n");
