/** One event of a run's input, and the door through which it enters. */
export interface InputEvent {
  /** An envelope enters at the bus; anything else goes into the buffer as if somebody had sent it there. */
  readonly door: "bus" | "buffer";
  readonly text: string;
}

const envelopeTime = /"time"\s*:\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/;

/**
 * When a run of recorded events has to take place so that they are neither late nor early: the newest time at which
 * one of them was published, or `otherwise` when none says.
 */
export const newestTime = (events: ReadonlyArray<InputEvent>, otherwise: number): number =>
  events.reduce<number | undefined>((newest, { text }) => {
    const time = Date.parse(envelopeTime.exec(text)?.[1] ?? "");
    return Number.isNaN(time) ? newest : Math.max(newest ?? time, time);
  }, undefined) ?? otherwise;
