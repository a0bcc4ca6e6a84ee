/** One event of a run's input, and the door through which it enters. */
export interface InputEvent {
  /** An envelope enters at the bus; anything else goes into the buffer as if somebody had sent it there. */
  readonly door: "bus" | "buffer";
  readonly text: string;
  /** When it is sent, in milliseconds after the first one; by the run's rate where it is not said. */
  readonly at?: number;
}
