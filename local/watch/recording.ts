import type { Frame, FramePoint } from "./frame.ts";

/** A fault of a simulated run; times in milliseconds after its start. */
export interface RecordedFault {
  readonly kind: string;
  readonly from: number;
  readonly until: number;
  readonly describes: string;
}

/** A run that was recorded, for the page to show instead of a live one. Types only: the page's own code reads them too. */
export interface Recording {
  readonly title: string;
  /** What the audit found when the run was over. */
  readonly audit: string;
  readonly frames: ReadonlyArray<Frame>;
  readonly points: ReadonlyArray<FramePoint>;
  readonly faults: ReadonlyArray<RecordedFault>;
}
