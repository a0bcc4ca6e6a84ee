import type { RecordedFault } from "../../recording.ts";
import { byId, make } from "../dom.ts";

const item = ({ kind, from, until, describes }: RecordedFault, length: number): HTMLElement => {
  const share = (milliseconds: number): number => (100 * Math.min(milliseconds, length)) / Math.max(1, length);
  const bar = make("span", "fault");
  bar.style.left = `${share(from)}%`;
  bar.style.width = `${share(until) - share(from)}%`;
  const track = make("div", "track", bar);
  track.setAttribute("aria-hidden", "true");
  return make("li", "", make("strong", "", kind), ` ${describes}`, track);
};

/** When each fault of a simulated run may have happened, over the run's length in milliseconds. */
export const showFaults = (faults: ReadonlyArray<RecordedFault>, length: number): void => {
  byId("faults-part").hidden = faults.length === 0;
  byId("faults").replaceChildren(...faults.map((fault) => item(fault, length)));
};
